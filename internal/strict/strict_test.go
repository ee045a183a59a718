package strict_test

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/strict"
)

type inner struct {
	Mode string `json:"mode"`
}

type base struct {
	Auto bool `json:"auto"`
}

type body struct {
	base
	Name  string            `json:"name"`
	Count *int              `json:"count"`
	Max   *decimal.Decimal  `json:"max"`
	Note  string            `json:"note" validate:"optional"`
	Key   *string           `json:"key,omitempty"`
	Rows  []inner           `json:"rows"`
	Roles map[string]string `json:"roles"`
}

func TestDecode(t *testing.T) {
	t.Parallel()

	const good = `{"auto":true,"name":"n","count":null,"max":"12.50","rows":[{"mode":"a"}],"roles":{"1":"viewer"}}`
	tests := []struct {
		name   string
		body   string
		code   string
		fields []string
	}{
		{name: "a whole body is taken", body: good},
		{name: "empty body", body: "", code: "malformed"},
		{name: "cut off", body: `{"auto":`, code: "malformed"},
		{name: "two values", body: good + good, code: "malformed"},
		{name: "trailing text", body: good + " x", code: "malformed"},
		{name: "not an object", body: `[1]`, code: "validation", fields: []string{""}},
		{name: "every absent field is named, optional ones are not", body: `{"name":"n"}`, code: "validation",
			fields: []string{"auto", "count", "max", "rows", "roles"}},
		{name: "names are exact", body: `{"Auto":true,"auto":true,"name":"n","count":1,"max":null,"rows":[],"roles":{}}`, code: "validation",
			fields: []string{"Auto"}},
		{name: "nothing is said twice", body: `{"auto":true,"name":"n","name":"m","count":1,"max":null,"rows":[{"mode":"a"},{"mode":"b","mode":"c"}],"roles":{"1":"viewer","1":"admin"}}`,
			code: "validation", fields: []string{"name", "rows[1].mode", "roles.1"}},
		{name: "an unknown field is named with its place", body: `{"auto":true,"name":"n","count":1,"max":null,"rows":[{"mode":"a"},{"mode":"b","x":1}],"roles":{}}`,
			code: "validation", fields: []string{"rows[1].x"}},
		{name: "wrong types are all named", body: `{"auto":"yes","name":1,"count":1.5,"max":null,"rows":{},"roles":{"1":2}}`,
			code: "validation", fields: []string{"auto", "name", "count", "rows", "roles.1"}},
		{name: "null only where it means something", body: `{"auto":null,"name":null,"count":null,"max":null,"rows":null,"roles":null}`,
			code: "validation", fields: []string{"auto", "name", "rows", "roles"}},
		{name: "a broken amount", body: `{"auto":true,"name":"n","count":1,"max":"1,5","rows":[],"roles":{}}`, code: "validation", fields: []string{"max"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			var b body
			err := strict.Decode([]byte(tt.body), &b)
			if tt.code == "" {
				if err != nil || !b.Auto || b.Max.String() != "12.5" || b.Rows[0].Mode != "a" {
					t.Fatalf("got %+v, %v", b, err)
				}
				return
			}
			f := fault.Of(err)
			var got []string
			for _, w := range f.Fields {
				got = append(got, w.Field)
			}
			if f.Kind != fault.Invalid || f.Code != tt.code || !slices.Equal(got, tt.fields) {
				t.Fatalf("got %v %v, want %s %v", err, got, tt.code, tt.fields)
			}
		})
	}
}
