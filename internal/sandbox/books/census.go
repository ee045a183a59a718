package books

import "sort"

// Census counts what stands in the books, so that "exactly once" can be proved from outside.
type Census struct {
	Records int            `json:"records"`
	Modules map[string]int `json:"modules"`
	Keys    map[string]int `json:"keys"` // records by key; "" = made by hand
	// Doubled are documents that have customer, date and amount in common with another of their
	// module. Two of one key are a fault; so are two here where the hotel has only one.
	Doubled []Twins `json:"doubled"`
}

// Twins are documents of one module with customer, date and amount in common.
type Twins struct {
	Module, Customer, Date, Currency, Amount string
	Keys                                     []string
}

// Census counts by key, and by customer, date and amount.
func (s *Server) Census() Census {
	c := Census{Modules: map[string]int{}, Keys: map[string]int{}, Doubled: []Twins{}}
	same := map[[5]string][]string{}
	for _, r := range s.Snapshot() {
		c.Records++
		c.Modules[r.Module]++
		c.Keys[r.Key]++
		if r.Date != "" {
			at := [5]string{r.Module, r.Contact, r.Date, r.Currency, r.Total.String()}
			same[at] = append(same[at], r.Key)
		}
	}
	for at, keys := range same {
		if len(keys) > 1 {
			sort.Strings(keys)
			c.Doubled = append(c.Doubled, Twins{at[0], at[1], at[2], at[3], at[4], keys})
		}
	}
	sort.Slice(c.Doubled, func(i, j int) bool { return c.Doubled[i].Keys[0] < c.Doubled[j].Keys[0] })
	return c
}
