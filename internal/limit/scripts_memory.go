package limit

import "github.com/redis/go-redis/v9"

// seed tells a state that lost its memory what one process still knows: fields of the state, calls
// of the window, its own calls in flight, and those of others that it saw. Several may do so. A
// call of another process may have ended meanwhile, so that its place is kept for a moment only.
var seed = redis.NewScript(prelude + `
local fields, calls, own = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local i = 5
local function take(n) i = i + 2 * n return i - 2 * n end
local from = take(fields)
for k = from, i - 1, 2 do
  local field, value = ARGV[k], tonumber(ARGV[k + 1])
  local have = num(field)
  if not have then set(field, value)
  elseif field == 'day_left' then set(field, math.min(have, value))
  else set(field, math.max(have, value)) end
end
from = take(calls)
for k = from, i - 1, 2 do redis.call('ZADD', C, 'NX', ARGV[k], ARGV[k + 1]) end
from = take(own)
for k = from, i - 1, 2 do
  redis.call('ZADD', F, ARGV[k], ARGV[k + 1])
  redis.call('ZADD', C, 'NX', now, ARGV[k + 1])
end
for k = i, #ARGV do redis.call('ZADD', F, 'NX', now + 5000, ARGV[k]) end
redis.call('PEXPIRE', H, 3 * DAY)
redis.call('PEXPIRE', C, 2 * WINDOW)
redis.call('PEXPIRE', F, LEASE + 60000)
return 0
`)

// recall tells a new state what the log of calls says of the last minute and of today. Their names
// are those of the log, so that several processes may do so; what is told in parts counts as told with
// the last of them. Without the day's limit from the log, a day of more calls than the smallest plan
// allows would seem to be over.
var recall = redis.NewScript(prelude + `
roll(tonumber(ARGV[2]))
set('day_used', math.max(num('day_used') or 0, tonumber(ARGV[3])))
local limit, left = tonumber(ARGV[4]), tonumber(ARGV[5])
if limit > 0 and not num('day_limit') then
  if left < 0 then left = limit - num('day_used') end
  redis.call('HSET', H, 'day_limit', limit, 'day_left', math.max(0, left), 'reckoned', 1)
end
for k = 7, #ARGV, 2 do redis.call('ZADD', C, 'NX', math.min(now, tonumber(ARGV[k])), 'log:' .. ARGV[k + 1]) end
if ARGV[6] == 'last' then set('recalled', 1) end
redis.call('PEXPIRE', H, 3 * DAY)
redis.call('PEXPIRE', C, 2 * WINDOW)
return 0
`)
