INSERT INTO {p}configuration (id_configuration, name, value) VALUES (1, 'PS_CURRENCY_DEFAULT', '1'), (2, 'PS_TIMEZONE', 'America/Chicago'), (3, 'PS_LANG_DEFAULT', '1'), (4, 'PS_SHOP_DEFAULT', '1'), (5, 'PS_SHOP_NAME', 'Larkspur Hotels'), (6, 'PS_PRICE_DISPLAY_PRECISION', '2'), (7, 'PS_INVOICE', '1'), (8, 'PS_INVOICE_PREFIX', NULL), (9, 'PS_OS_CANCELED', '4'), (10, 'QLO_VERSION_DB', '1.7.0.0');
INSERT INTO {p}configuration_lang VALUES (8, 1, '#LK');
INSERT INTO {p}currency VALUES (1, 'US Dollar', 'USD', 1, 0, 1), (2, 'Euro', 'EUR', 0.91, 0, 1), (3, 'Yen', 'JPY', 151.2, 0, 1), (4, 'Canadian Dollar', 'CAD', 1.36, 0, 0), (5, 'Pound', 'GBP', 0.78, 1, 0);
INSERT INTO {p}currency_shop SELECT id_currency, 1, conversion_rate FROM {p}currency;
INSERT INTO {p}country VALUES (21, 'US'), (1, 'DE'), (11, 'JP');
INSERT INTO {p}country_lang VALUES (21, 1, 'United States'), (1, 1, 'Germany'), (11, 1, 'Japan');
INSERT INTO {p}state VALUES (1, 21, 'Wisconsin', 'WI'), (2, 21, 'Minnesota', 'MN');
INSERT INTO {p}order_state_lang VALUES (1, 1, 'Awaiting payment'), (2, 1, 'Complete payment received'), (4, 1, 'Canceled'), (5, 1, 'Refunded'), (8, 1, 'Partial payment received');
INSERT INTO {p}order_return_state VALUES (1, 0, 0), (2, 0, 1), (3, 1, 0);
INSERT INTO {p}tax (id_tax, rate) VALUES (1, 4), (2, 5), (3, 2.5), (4, 10), (5, 5);
INSERT INTO {p}tax_rules_group (id_tax_rules_group, name) VALUES (1, 'Wisconsin rooms'), (2, 'Lakeside combined'), (3, 'Minnesota compound');
INSERT INTO {p}tax_rule (id_tax_rules_group, id_country, id_tax, behavior) VALUES (1, 21, 1, 0), (2, 21, 2, 1), (2, 21, 3, 1), (3, 21, 4, 2), (3, 21, 5, 2);
INSERT INTO {p}htl_branch_info VALUES (1, 'desk@larkspur.example', 1, '{now}', '{now}'), (2, 'lake@larkspur.example', 1, '{now}', '{now}'), (3, 'old@larkspur.example', 0, '{now}', '{now}');
INSERT INTO {p}htl_branch_info_lang VALUES (1, 1, 'Larkspur House'), (2, 1, 'Larkspur Lakeside'), (3, 1, 'Larkspur Old Mill');
INSERT INTO {p}product VALUES (1, 1, 120, 1, 1, '{now}', '{now}'), (2, 1, 185.5, 1, 1, '{now}', '{now}'), (3, 2, 134.99, 1, 1, '{now}', '{now}'), (4, 3, 99.99, 1, 1, '{now}', '{now}'), (5, 1, 80, 0, 1, '{now}', '{now}'),
 (10, 1, 14, 1, 0, '{now}', '{now}'), (11, 2, 19.9833, 1, 0, '{now}', '{now}'), (12, 0, 7.1484, 1, 0, '{now}', '{now}'), (13, 2, 10.2212, 1, 0, '{now}', '{now}'), (14, 1, 38.76, 1, 0, '{now}', '{now}');
INSERT INTO {p}product_shop SELECT id_product, 1, id_tax_rules_group, price, active, date_upd FROM {p}product;
INSERT INTO {p}product_lang VALUES (1, 1, 1, 'Garden Room'), (2, 1, 1, 'Tower Suite'), (3, 1, 1, 'Lake View'), (4, 1, 1, 'Boathouse Loft'), (5, 1, 1, 'Mill Room'), (10, 1, 1, 'Breakfast'), (11, 1, 1, 'Sauna'), (12, 1, 1, 'Parking'), (13, 1, 1, 'Resort fee'), (14, 1, 1, 'Picnic hamper');
INSERT INTO {p}htl_room_type VALUES (1, 1, 1), (2, 2, 1), (3, 3, 2), (4, 4, 2), (5, 5, 3);
INSERT INTO {p}htl_room_type_global_demand VALUES (1, 32.43, 2), (2, 11.45, 0);
INSERT INTO {p}htl_room_type_global_demand_lang VALUES (1, 1, 'Late departure'), (2, 1, 'Cot');
INSERT INTO {p}address (id_address, id_country, id_state, id_hotel, alias, lastname, firstname, address1, postcode, city, phone, date_add, date_upd) VALUES
 (1, 21, 1, 1, 'Larkspur House', 'House', 'Larkspur', '4 Orchard Lane', '53703', 'Madison', '555 0101', '{now}', '{now}'), (2, 21, 1, 2, 'Larkspur Lakeside', 'Lakeside', 'Larkspur', '90 Shore Road', '53115', 'Delavan', '555 0102', '{now}', '{now}'), (3, 21, 2, 3, 'Larkspur Old Mill', 'Mill', 'Larkspur', '1 Mill Race', '55105', 'Saint Paul', '555 0103', '{now}', '{now}');
