package strict_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/qlobooks/qlobooks/internal/fault"
	"github.com/qlobooks/qlobooks/internal/strict"
)

// TestNothingIsLongerThanItMayBe, whether a tag says how long or not, and counted in characters.
func TestNothingIsLongerThanItMayBe(t *testing.T) {
	t.Parallel()
	type inner struct {
		Name string `json:"name" maxLength:"3"`
	}
	type input struct {
		Name  *string           `json:"name" maxLength:"3" validate:"optional"`
		Free  string            `json:"free" validate:"optional"`
		List  []string          `json:"list" maxLength:"3" validate:"optional,max=2"`
		Inner []inner           `json:"inner" validate:"optional,max=2"`
		Map   map[string]string `json:"map" validate:"optional,max=2" maxLength:"3"`
	}
	long := strings.Repeat("x", strict.Longest+1)
	for body, field := range map[string]string{
		`{"name":"äöü"}`: "", `{"name":"äöüx"}`: "name", `{"free":"` + long + `"}`: "free", `{"free":"` + long[1:] + `"}`: "",
		`{"list":["a","b"]}`: "", `{"list":["a","b","c"]}`: "list", `{"list":["a","bbbb"]}`: "list[1]",
		`{"inner":[{"name":"a"},{"name":"bbbb"}]}`: "inner[1].name", `{"inner":[{},{},{}]}`: "inner",
		`{"map":{"a":"1","b":"2"}}`: "", `{"map":{"a":"1","b":"2","c":"3"}}`: "map", `{"map":{"aaaa":"1"}}`: "map.aaaa", `{"map":{"a":"1111"}}`: "map.a",
	} {
		var in input
		err := strict.Decode([]byte(body), &in)
		var f *fault.Error
		if field == "" && err != nil || field != "" && (!errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Field != field) {
			t.Errorf("%.60s: %v", body, err)
		}
	}
}

// TestTheAnswerIsSmallerThanTheQuestion, however much of it is wrong.
func TestTheAnswerIsSmallerThanTheQuestion(t *testing.T) {
	t.Parallel()
	var body strings.Builder
	body.WriteString(`{"` + strings.Repeat("y", 5000) + `":1`)
	for i := range 20_000 {
		fmt.Fprintf(&body, `,"x%d":1`, i)
	}
	body.WriteString("}")
	var in struct{}
	var f *fault.Error
	if err := strict.Decode([]byte(body.String()), &in); !errors.As(err, &f) || len(f.Fields) != strict.MostErrors || len(f.Detail) > 20_000 || !strings.Contains(f.Detail, "and 19901 more") {
		t.Fatalf("%d fields, %d characters", len(f.Fields), len(f.Detail))
	}
	for _, one := range f.Fields {
		if len(one.Field) > 200 {
			t.Errorf("a field is named with %d characters", len(one.Field))
		}
	}
}

func TestWhatIsNotSeenIsNotKept(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"a\nb\x1b[31m": "a b[31m", "\u202egnp.\u202c": "gnp.", " Łódź\u200f\u2066 ": "Łódź", "a\u0085\x00b": "ab", "日本 👩‍💻": "日本 👩‍💻"} {
		if got := strict.Plain(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
