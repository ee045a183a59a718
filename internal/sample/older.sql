-- What QloApps 1.6 has otherwise, of the part of its schema that QloBooks reads.
RENAME TABLE {p}service_product_order_detail TO {p}htl_room_type_service_product_order_detail;
ALTER TABLE {p}htl_room_type_service_product_order_detail CHANGE id_service_product_order_detail id_room_type_service_product_order_detail INT AUTO_INCREMENT, DROP COLUMN id_tax_rules_group;
ALTER TABLE {p}order_return_detail DROP COLUMN id_service_product_order_detail;
ALTER TABLE {p}order_slip_detail DROP COLUMN id_service_product_order_detail;
ALTER TABLE {p}customer DROP COLUMN phone;
CREATE TABLE {p}cart_customer_guest_detail (id_customer_guest_detail INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, id_cart INT UNSIGNED NOT NULL, id_gender INT UNSIGNED NOT NULL DEFAULT 0, firstname VARCHAR(32) NOT NULL, lastname VARCHAR(32) NOT NULL, email VARCHAR(128) NOT NULL, phone VARCHAR(32) NULL, date_add DATETIME NOT NULL, date_upd DATETIME NOT NULL) DEFAULT CHARSET=utf8 COLLATE=utf8_general_ci;
