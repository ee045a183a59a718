package limit

import "time"

// Takes is how long calls of a lane will take from now on, when nobody else of ours calls: after a
// pause as many a minute as allowed, as many today as are left to the lane, and on the days that
// follow what the reserve and other applications, if they call as often as today, leave of a day.
//
// It is not ok when no day leaves anything to the lane; the duration is then that of days which
// others do not touch.
func (b Budget) Takes(calls int, lane Lane, now time.Time) (d time.Duration, ok bool) {
	if calls <= 0 {
		return 0, true
	}
	begin := now
	if b.PausedUntil != nil && b.PausedUntil.After(now) {
		begin = *b.PausedUntil
	}
	perMinute := max(b.Minute.Limit, 1)
	reserve := 0
	if lane == History {
		reserve = b.Reserve
	}
	rest := max(b.Day.ResetsAt.Sub(begin), 0)
	today := min(max(b.Day.Left-reserve, 0), int(rest.Minutes()*float64(perMinute)))
	if calls <= today {
		return begin.Sub(now) + atPace(calls, perMinute), true
	}
	calls -= today
	most := b.Day.Limit
	if b.Day.Left == 0 { // a day may have fewer calls than were told
		most = min(most, b.Day.UsedByUs+b.Day.UsedByOthers)
	}
	perDay, ok := most-reserve-b.Day.UsedByOthers, true
	if perDay <= 0 {
		perDay, ok = max(most, 1), false
	}
	perDay = min(perDay, perMinute*24*60)
	days := (calls - 1) / perDay // whole days that are used up before the last one
	return begin.Add(rest).Sub(now) + time.Duration(days)*24*time.Hour + atPace(calls-days*perDay, perMinute), ok
}

func atPace(calls, perMinute int) time.Duration {
	return time.Duration(calls) * time.Minute / time.Duration(perMinute)
}
