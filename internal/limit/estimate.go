package limit

import "time"

// Takes is how long calls of a lane will take at the present budget, when nobody else calls: as
// many a minute as allowed, as many a day as are left to the lane, and again after the day ends.
func (b Budget) Takes(calls int, lane Lane, now time.Time) time.Duration {
	if calls <= 0 {
		return 0
	}
	perMinute := max(b.Minute.Limit, 1)
	reserve := 0
	if lane == History {
		reserve = b.Reserve
	}
	today := max(b.Day.Left-reserve, 0)
	if calls <= today {
		return atPace(calls, perMinute)
	}
	perDay := b.Day.Limit - reserve
	if perDay <= 0 {
		perDay = max(b.Day.Limit, 1)
	}
	calls -= today
	days := (calls - 1) / perDay // whole days that are used up before the last one
	return max(b.Day.ResetsAt.Sub(now), 0) + time.Duration(days)*24*time.Hour + atPace(calls-days*perDay, perMinute)
}

func atPace(calls, perMinute int) time.Duration {
	return time.Duration(calls) * time.Minute / time.Duration(perMinute)
}
