package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/qlobooks/qlobooks/internal/store"
)

// Fingerprint names what of a record is compared, by the definition of this version.
func (f Flow[S, D]) Fingerprint(m Mapped[D], name string) (string, error) {
	var compared any = m.Compare
	if compared == nil {
		compared = m.named(name)
	}
	return fingerprint(f.Version, name, compared)
}

// named is the document under a display name, "" = as it is.
func (m Mapped[D]) named(name string) D {
	doc := m.Doc
	if name != "" && m.SetName != nil {
		m.SetName(&doc, name)
	}
	return doc
}

// fingerprint is equal exactly when the same document is wanted by the same definition, whose number
// stands in front: 64 characters.
func fingerprint(version int, name string, doc any) (string, error) {
	b, err := json.Marshal(doc)
	if err != nil {
		return "", fmt.Errorf("fingerprint: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%s\n%s", version, name, b))
	return numbered(strconv.Itoa(version), hex.EncodeToString(sum[:])), nil
}

func numbered(version, sum string) string { return (version + "-" + sum)[:64] }

// told gives a kept fingerprint as it is written today, and whether it was surely made by this
// definition. Programs once kept the sum alone, by whatever definition they had; all called it the first.
func told(version int, kept string) (print string, sure bool) {
	if len(kept) == 64 && !strings.Contains(kept, "-") {
		return numbered("1", kept), false
	}
	return kept, strings.HasPrefix(kept, strconv.Itoa(version)+"-")
}

// saysTheSame reports that a document whose fingerprint was made by another definition stands as it is
// wanted: what is never rewritten by name, day, currency, amount and the fields that were sent; what was
// sent before bodies were kept by the former alone. Where a body can be compared and may be sent again,
// the fingerprint decides.
func (a *attempt) saysTheSame() bool {
	d, f := a.doc, a.plan.facts
	switch {
	case !a.plan.createOnly && len(d.Sent) > 0,
		a.name != "" && d.Name != "" && store.Fold(a.name) != store.Fold(d.Name),
		d.Currency != "" && d.Currency != f.Currency,
		d.Day != "" && d.Day != f.Date && d.Day != f.Own,
		d.Total != nil && !d.Total.Equal(f.Total):
		return false
	case len(d.Sent) == 0:
		return true
	}
	call, err := a.plan.draft(d.Ref.Key(), linkOf(d), a.name)
	return err == nil && agree(d.Sent, call.Body)
}

// agree reports that two bodies say the same in every plain field that both have. A rate is that of its
// day, and may be another one today.
func agree(sent, wanted json.RawMessage) bool {
	var was, is map[string]any
	if !decode(sent, &was) || !decode(wanted, &is) {
		return false
	}
	for name, value := range is {
		switch value.(type) {
		case string, json.Number, bool:
			if before, both := was[name]; both && !same(before, value) && name != "exchange_rate" {
				return false
			}
		}
	}
	return true
}
