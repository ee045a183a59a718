package qloapps

import "slices"

// Tables are QloApps' tables that are read, without the prefix; a version may lack some. A reader
// needs no right on any other.
var Tables = []string{
	"address",
	"cart_customer_guest_detail",
	"cart_rule",
	"configuration",
	"configuration_lang",
	"country",
	"country_lang",
	"currency",
	"currency_shop",
	"customer",
	"employee",
	"htl_booking_demands",
	"htl_booking_demands_tax",
	"htl_booking_detail",
	"htl_branch_info",
	"htl_branch_info_lang",
	"htl_room_type",
	"htl_room_type_global_demand",
	"htl_room_type_global_demand_lang",
	"htl_room_type_service_product_order_detail",
	"order_cart_rule",
	"order_detail",
	"order_detail_tax",
	"order_history",
	"order_invoice",
	"order_invoice_payment",
	"order_payment",
	"order_payment_detail",
	"order_return",
	"order_return_detail",
	"order_return_state",
	"order_slip",
	"order_slip_detail",
	"order_state_lang",
	"orders",
	"product",
	"product_lang",
	"product_shop",
	"profile",
	"profile_lang",
	"service_product_order_detail",
	"shop",
	"state",
	"tax",
	"tax_rule",
	"tax_rules_group",
}

// onlyIn are the tables that one version alone has.
var onlyIn = map[string]string{
	"cart_customer_guest_detail":                 "1.6",
	"htl_room_type_service_product_order_detail": "1.6",
	"service_product_order_detail":               "1.7",
}

// aside are the tables without which everything works, one shop's configuration, and profiles that are not looked up apart or have
// no names.
var aside = []string{"profile", "profile_lang", "shop"}

// TablesOf are the tables that must be readable of an installation of a version; "" = of either.
func TablesOf(version string) []string {
	return slices.DeleteFunc(slices.Clone(Tables), func(name string) bool {
		only := onlyIn[name]
		return only != "" && only != version || slices.Contains(aside, name)
	})
}

// WrittenTables are those that an import of payments writes, with what it does there.
var WrittenTables = map[string]string{"order_payment": "INSERT", "order_payment_detail": "INSERT", "order_invoice_payment": "INSERT", "orders": "UPDATE"}
