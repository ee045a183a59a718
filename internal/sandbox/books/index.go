package books

import "strings"

// index finds records by what must be unique, and what is used, without looking at all of them.
type index struct {
	named map[string][]*doc // by key field, by number, by name
	uses  map[string]int    // documents that name a contact or item
}

func newIndex() index { return index{named: map[string][]*doc{}, uses: map[string]int{}} }

func customKey(module, field, value string) string { return module + "\x00" + field + "\x00" + value }
func nameKey(module, name string) string {
	return module + "\x00\x00" + strings.ToLower(strings.TrimSpace(name))
}
func lineKey(id string) string     { return "line\x00" + id }
func invoicedKey(id string) string { return "invoiced\x00" + id }

// put indexes a record as it is now; what it was before is forgotten.
func (x *index) put(d *doc) {
	x.drop(d)
	for field, value := range d.custom {
		if value != "" {
			d.indexed = append(d.indexed, customKey(d.Module, field, value))
		}
	}
	switch d.Module {
	case "contacts":
		d.indexed = append(d.indexed, nameKey(d.Module, d.body.text("contact_name")))
	case "items":
		d.indexed = append(d.indexed, nameKey(d.Module, d.body.text("name")))
	default:
		d.indexed = append(d.indexed, nameKey(d.Module, d.Number))
		d.names = append(d.names, d.body.text("customer_id"))
	}
	for _, l := range d.lines {
		d.names = append(d.names, l.body.text("item_id"))
		if d.Module == "salesorders" {
			d.indexed = append(d.indexed, lineKey(l.ID))
		}
		if id := l.body.text("salesorder_item_id"); id != "" {
			d.indexed = append(d.indexed, invoicedKey(id))
		}
	}
	for _, key := range d.indexed {
		x.named[key] = append(x.named[key], d)
	}
	for _, id := range d.names {
		x.uses[id]++
	}
}

func (x *index) drop(d *doc) {
	for _, key := range d.indexed {
		rest := x.named[key][:0:0]
		for _, other := range x.named[key] {
			if other != d {
				rest = append(rest, other)
			}
		}
		if len(rest) == 0 {
			delete(x.named, key)
		} else {
			x.named[key] = rest
		}
	}
	for _, id := range d.names {
		x.uses[id]--
	}
	d.indexed, d.names = nil, nil
}

// other finds a record under key that is not self.
func (x *index) other(key string, self *doc) *doc {
	for _, d := range x.named[key] {
		if d != self {
			return d
		}
	}
	return nil
}
