package rehearsal_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// everything is all that QloBooks keeps: each text of each of its tables, and every key of Redis.
func everything(ctx context.Context, t *testing.T, d desk) map[string]string {
	t.Helper()
	all := map[string]string{}
	var columns []struct{ TableName, ColumnName string }
	db := d.App.Store.Gorm().WithContext(ctx)
	d.must(db.Raw("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name LIKE 'qlobooks\\_%' AND character_maximum_length > 0").Scan(&columns).Error)
	for _, c := range columns {
		var texts []string
		d.must(db.Raw("SELECT DISTINCT CONVERT(" + c.ColumnName + " USING utf8mb4) FROM " + c.TableName + " WHERE " + c.ColumnName + " <> ''").Scan(&texts).Error)
		all[c.TableName+"."+c.ColumnName] = strings.Join(texts, "\n")
	}
	client, ok := d.App.Redis().(*redis.Client)
	if !ok {
		t.Fatal("no client of Redis")
	}
	for keys := client.Scan(ctx, 0, "*", 1000).Iterator(); keys.Next(ctx); {
		dump, err := client.Dump(ctx, keys.Val()).Result()
		if err == nil { // it may have passed
			all["redis "+keys.Val()] = dump
		}
	}
	return all
}

// TestNothingKeepsAnAnonymizedGuest takes a guest with orders, in two currencies, through the books and has
// QloApps anonymize the guest, which leaves name and phone in its own tables: nothing that is kept here names
// the guest any longer, also after everything was read anew on both sides.
func TestNothingKeepsAnAnonymizedGuest(t *testing.T) {
	atOnce(t)
	for _, version := range []string{"1.7", "1.6"} {
		t.Run(version, func(t *testing.T) {
			d := openedAs(t, version, "erased_")
			d.phone("2", "555 0187 233")
			names := []string{"wieliczko", "tw@guests.example", "555 0187 233", "550187233"}
			_, err := d.SyncAll(d.ctx)
			d.must(err)
			load := func() {
				t.Helper()
				_, err := d.Start(d.ctx, "/pairing/customers/load", nil)
				d.must(err)
				_, err = d.Start(d.ctx, "/schedule/run", map[string]any{"kind": "tick"})
				d.must(err)
				settled(d.ctx, t, d.Stage)
			}
			load()
			found := func() (list []string) {
				t.Helper()
				for place, text := range everything(d.ctx, t, d) {
					for _, name := range names {
						if strings.Contains(strings.ToLower(text), name) {
							list = append(list, place+": "+name)
						}
					}
				}
				return list
			}
			if list := found(); len(list) < 15 {
				t.Fatalf("the guest is known only by %v", list)
			}
			links := standing(t, d.Stage, "customer:2").ID

			mail := "anonymous-2@larkspur_anonymous.com"
			if d.older() {
				d.do("DELETE FROM {p}cart_customer_guest_detail WHERE email = 'tw@guests.example'")
			}
			d.do("UPDATE {p}customer SET deleted = 2, email = '"+mail+"', date_upd = NOW() WHERE id_customer = 2", "UPDATE {p}address SET deleted = 1, date_upd = NOW() WHERE id_customer = 2")
			for range 2 { // again, as everything was read anew
				d.must(d.Worker.Hourly(d.ctx))
				if list := found(); len(list) > 0 {
					t.Errorf("the guest is still known by\n\t%s", strings.Join(list, "\n\t"))
				}
				for _, section := range []string{"customers", "orders"} {
					_, err := d.Start(d.ctx, "/records/"+section+"/initialize", nil)
					d.must(err)
				}
				_, err = d.Start(d.ctx, "/records/orders/sync", map[string]any{"ids": []string{"2"}, "confirm": true})
				d.must(err)
				load()
			}
			d.must(d.Worker.Hourly(d.ctx))
			if list := found(); len(list) > 0 {
				t.Errorf("read anew, the guest is known by\n\t%s", strings.Join(list, "\n\t"))
			}
			if now := standing(t, d.Stage, "customer:2"); now.ID != links || now.Name != "Tomasz Wieliczko" {
				t.Errorf("in Zoho Books the contact is %+v", now)
			}
			var list struct {
				Items []struct {
					Fields struct{ Name struct{ Text string } }
					ZohoID *string `json:"zoho_id"`
				}
			}
			d.must(d.Call(d.ctx, http.MethodGet, "/records/customers?q=Customer+2", nil, &list))
			if len(list.Items) != 1 || list.Items[0].Fields.Name.Text != "Customer 2" || list.Items[0].ZohoID == nil || *list.Items[0].ZohoID != links {
				t.Errorf("the guest is listed as %+v", list)
			}
		})
	}
}
