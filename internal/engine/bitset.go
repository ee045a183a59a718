package engine

// bitset remembers row ids, one bit each.
type bitset map[uint64]uint64

// add reports whether id is new; 0 is always new.
func (s bitset) add(id uint64) bool {
	if id == 0 {
		return true
	}
	word, bit := id/64, uint64(1)<<(id%64)
	if s[word]&bit != 0 {
		return false
	}
	s[word] |= bit
	return true
}
