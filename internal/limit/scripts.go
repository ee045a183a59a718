package limit

import (
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Keys, all of one organization and of one cluster slot: the state (a hash), the calls of the
// window (scored by the latest moment at which the call can have arrived), the calls in flight
// (scored by the end of their lease) and the waiting calls of each lane (scored by the end of
// their registration). Every script decides by one clock, normally Redis' own.
var prelude = fmt.Sprintf("local TRAVEL, LEASE = %d, %d", travel.Milliseconds(), lease.Milliseconds()) + `
if redis.replicate_commands then redis.replicate_commands() end
local H, C, F = KEYS[1], KEYS[2], KEYS[3]
local now = tonumber(ARGV[1])
if now == 0 then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
local DAY, WINDOW = 86400000, 60000
local function num(field) return tonumber(redis.call('HGET', H, field) or '') end
local function set(field, value) redis.call('HSET', H, field, value) end
-- A call whose answer is overdue may arrive at any moment until it is answered or given up.
local function purge()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', F, '(' .. now, '(' .. (now + LEASE - TRAVEL))) do
    redis.call('ZADD', C, now, id)
  end
  redis.call('ZREMRANGEBYSCORE', C, '-inf', now - WINDOW)
  redis.call('ZREMRANGEBYSCORE', F, '-inf', now)
  for lane = 1, 3 do redis.call('ZREMRANGEBYSCORE', KEYS[3 + lane], '-inf', now) end
end
-- Begin a new day when the old one is over. A learned end of day repeats every 24 hours;
-- before anything is learned the day ends at midnight as the caller reckons it.
local function roll(midnight)
  local reset = num('day_reset')
  if reset and now < reset then return reset end
  if reset and num('day_limit') then midnight = reset end
  while midnight <= now do midnight = midnight + DAY end
  redis.call('HSET', H, 'day_reset', midnight, 'day_used', 0, 'lane1', 0, 'lane2', 0, 'lane3', 0, 'day_unused', 0)
  if num('day_limit') then set('day_left', num('day_limit')) end
  return midnight
end
-- The day's limit, what is left of it for us and where the numbers come from.
local function day(perDay, unlearned)
  local used, limit, left, source = num('day_used') or 0, num('day_limit'), num('day_left'), 'header'
  if not limit then
    limit, left, source = unlearned, unlearned - used, 'default'
    if perDay > 0 then left = perDay - used end
  end
  if perDay > 0 then
    left = math.min(left, perDay - used)
    if source == 'default' or perDay < limit then limit, source = perDay, 'setting' end
  end
  return limit, math.max(0, left), source
end
-- Rates that a person saved hold for every process from then on, whatever each of them read before.
local function rated(field, own)
  return num('rate_' .. field) or own
end
-- How many calls may be under way at once: fewer after Zoho refused some for that, and one more after
-- each quiet minute.
local function crowd(atOnce)
  local most = num('crowd')
  if not most then return atOnce end
  most = most + math.floor((now - (num('crowd_at') or 0)) / WINDOW)
  if most >= atOnce then
    redis.call('HDEL', H, 'crowd', 'crowd_at')
    return atOnce
  end
  return most
end
local function pace(perMinute)
  if (num('slow_until') or 0) > now then
    perMinute = math.max(1, math.floor(perMinute * num('slow_percent') / 100))
  end
  return perMinute
end
`

// acquire answers {verdict, wait in ms, epoch, …}. Verdicts: ok (with a snapshot for seed),
// wait (a lane), slot, pause, full (too many in flight), day (used up; wait says until when), seed (the state is
// younger or older than the caller remembers: tell it what you know and ask again), recall (the
// state is new and nobody has read the log of calls for it: do so and ask again).
var acquire = redis.NewScript(prelude + `
local id, lane = ARGV[2], tonumber(ARGV[3])
local perMinute, perDay, unlearned = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local reserve, atOnce = tonumber(ARGV[7]), tonumber(ARGV[8])
local heartbeat, midnight = tonumber(ARGV[9]), tonumber(ARGV[10])
perMinute, perDay, reserve, atOnce = rated('minute', perMinute), rated('day', perDay), rated('reserve', reserve), crowd(rated('once', atOnce))
local fresh, known, seen, since, log = ARGV[11], ARGV[12], tonumber(ARGV[13]), ARGV[14], ARGV[15] == '1'
local W = KEYS[3 + lane]

local epoch = redis.call('HGET', H, 'epoch')
if not epoch then
  epoch = fresh
  redis.call('HSET', H, 'epoch', epoch, 'seq', 0)
end
if known ~= '' and (known ~= epoch or seen > num('seq')) then return {'seed', 0, epoch} end
if log and not num('recalled') then return {'recall', 0, epoch} end

purge()
local reset = roll(midnight)
local limit, left = day(perDay, unlearned)
local floor = 0
if lane == 3 then floor = math.ceil(limit * reserve / 100) end
local probe = left <= floor and num('day_probe') -- a person wants to know whether there are more
if left <= floor and not probe then
  redis.call('ZREM', W, id)
  return {'day', reset - now, epoch}
end

local function wait(ms, verdict)
  redis.call('ZADD', W, now + heartbeat, id)
  redis.call('PEXPIRE', W, 60000)
  return {verdict or 'wait', math.max(1, math.ceil(ms)), epoch}
end

local paused = num('paused_until') or 0
if paused > now then return wait(paused - now, 'pause') end

perMinute = pace(perMinute)
local used = redis.call('ZCARD', C)
local slot = 0
if used >= perMinute then
  local freeing = redis.call('ZRANGE', C, used - perMinute, used - perMinute, 'WITHSCORES')
  slot = tonumber(freeing[2]) + WINDOW - now
end
for higher = 1, lane - 1 do
  if redis.call('ZCARD', KEYS[3 + higher]) > 0 then return wait(math.max(slot, 50)) end
end
if slot > 0 then return wait(slot, 'slot') end

if num('probing') then atOnce = 1 end
if redis.call('ZCARD', F) >= atOnce then return wait(25, 'full') end

-- History does not spend a whole minute at once: beyond a fifth it spreads what is left, so
-- that a person who comes now finds the next slot near. The full rate is still used.
if lane == 3 and used * 5 >= perMinute then
  local oldest = redis.call('ZRANGE', C, 0, 0, 'WITHSCORES')
  local gap = math.max(0.97 * WINDOW / perMinute, (tonumber(oldest[2]) + WINDOW - now) / (perMinute - used))
  local since = now - (num('last_history') or 0)
  if since < gap then return wait(gap - since) end
end

if probe then redis.call('HDEL', H, 'day_probe') end -- only now, as its turn may have to be waited for
redis.call('ZADD', C, now + TRAVEL, id)
redis.call('ZADD', F, now + LEASE, id)
redis.call('ZREM', W, id)
redis.call('HINCRBY', H, 'seq', 1)
redis.call('HINCRBY', H, 'day_used', 1)
redis.call('HINCRBY', H, 'lane' .. lane, 1)
if num('day_left') then redis.call('HINCRBY', H, 'day_left', -1) end
if lane == 3 then set('last_history', now) end
redis.call('PEXPIRE', H, 3 * DAY)
redis.call('PEXPIRE', C, WINDOW + LEASE + 60000)
redis.call('PEXPIRE', F, LEASE + 60000)
-- The caller knows what was scored before its last visit.
return {'ok', now, epoch, redis.call('HGETALL', H), redis.call('ZRANGEBYSCORE', C, since, '+inf', 'WITHSCORES'), redis.call('ZRANGE', F, 0, -1)}
`)

var leave = redis.NewScript(`for lane = 1, 3 do redis.call('ZREM', KEYS[3 + lane], ARGV[1]) end return 0`)

// finish takes the numbers of an answer's headers, if there are any (a limit of 0 or a reset of 0
// is not known), and frees the place in flight: the call has arrived by now at the latest. The
// first call that ends after a pause without a new pause ends the probing.
//
// Answers overtake each other, so that what is left only falls, except with a new day, a new
// limit or a difference that the calls in flight cannot explain.
var finish = redis.NewScript(prelude + `
local id, since, learned = ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'
local limit, left, resets, midnight, unlearned = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local refused = ARGV[10] == '1'
purge()
local function learn()
  local known = num('day_limit')
  local stored = roll(midnight)
  -- A day ends there some moments after it ended here: what is refused then was refused for the day before.
  if known and refused and resets == 0 and now - (stored - DAY) < 120000 then return end
  if limit == 0 then limit = known or unlearned end
  local fresh = limit ~= known
  if resets > 0 then
    local reset = now + resets
    local reckoned = num('reckoned') -- the day's end is a guess: the first answer that tells it is right
    -- Of the day before an answer can come only for moments after that day; later, the day ends sooner than was known.
    if known and not reckoned and reset < stored - 3600000 and now - (stored - DAY) < 120000 then return end
    redis.call('HDEL', H, 'reckoned')
    if known and not reckoned and reset > stored + DAY / 2 then
      redis.call('HSET', H, 'day_used', 0, 'lane1', 0, 'lane2', 0, 'lane3', 0)
      fresh = true
    end
    set('day_reset', reset)
  end
  left = math.max(0, left - math.max(0, redis.call('ZCARD', F) - 1))
  local have = num('day_left')
  if not fresh and have and left < have + 20 then left = math.max(0, math.min(have, left)) end
  -- What was left until a refusal nobody has used: the day has fewer calls than were told.
  local unused = 0
  if refused then unused = (num('day_unused') or 0) + (have and have - left or math.max(0, limit - (num('day_used') or 0))) end
  redis.call('HSET', H, 'day_limit', limit, 'day_left', left, 'day_unused', unused)
  redis.call('PEXPIRE', H, 3 * DAY)
end
if learned then learn() end
redis.call('ZREM', F, id)
redis.call('ZADD', C, now, id)
redis.call('PEXPIRE', C, WINDOW + LEASE + 60000)
local paused = num('paused_until') or 0
if num('probing') and paused <= now and since >= paused then redis.call('HDEL', H, 'probing', 'pause_ms') end
return 0
`)

// giveBack takes back what acquire counted for the day: the call never left.
var giveBack = redis.NewScript(prelude + `
if num('day_left') then redis.call('HINCRBY', H, 'day_left', 1) end
if (num('day_used') or 0) > 0 then redis.call('HINCRBY', H, 'day_used', -1) end
return 0
`)

// pause stops everybody. Refusals of calls that were already in flight do not lengthen it; a
// refused probe doubles it.
var pause = redis.NewScript(prelude + `
local ms, most = tonumber(ARGV[2]), tonumber(ARGV[3])
local paused, last = num('paused_until') or 0, num('pause_ms')
if paused > now then
  set('paused_until', math.max(paused, now + ms))
  return 0
end
if last and num('probing') then ms = math.max(ms, math.min(most, last * 2)) end
redis.call('HSET', H, 'paused_until', now + ms, 'pause_ms', ms, 'probing', 1)
redis.call('PEXPIRE', H, 3 * DAY)
return 0
`)

// slow lowers the pace for an hour, once a minute at most.
var slow = redis.NewScript(prelude + `
if now - (num('slowed_at') or 0) < WINDOW then return 0 end
local percent = 66
if (num('slow_until') or 0) > now then percent = math.max(30, math.floor(num('slow_percent') * 2 / 3)) end
redis.call('HSET', H, 'slow_until', now + 3600000, 'slow_percent', percent, 'slowed_at', now)
redis.call('PEXPIRE', H, 3 * DAY)
return 1
`)

// crowd halves the calls at once after a refusal for their number, once for all that were under way.
var crowd = redis.NewScript(prelude + `
local atOnce = crowd(rated('once', tonumber(ARGV[2])))
if now - (num('crowd_at') or 0) < tonumber(ARGV[3]) then return 0 end
redis.call('HSET', H, 'crowd', math.max(1, math.floor(atOnce / 2)), 'crowd_at', now)
redis.call('PEXPIRE', H, 3 * DAY)
return 1
`)

// tryDay lets one call through although the day is used up.
var tryDay = redis.NewScript(prelude + `
set('day_probe', 1)
redis.call('PEXPIRE', H, 3 * DAY)
return 0
`)

// rate keeps what a person set, for all processes.
var rate = redis.NewScript(prelude + `
redis.call('HSET', H, 'rate_minute', ARGV[2], 'rate_day', ARGV[3], 'rate_reserve', ARGV[4], 'rate_once', ARGV[5])
redis.call('PEXPIRE', H, 3 * DAY)
return 0
`)

var look = redis.NewScript(prelude + `
purge()
local reset = roll(tonumber(ARGV[2]))
local limit, left, source = day(rated('day', tonumber(ARGV[4])), tonumber(ARGV[5]))
local used, others = num('day_used') or 0, 0
local paused = num('paused_until') or 0
if num('probing') and paused <= now and redis.call('ZCARD', F) > 0 then paused = now + TRAVEL end -- one call tries whether it is over
if num('day_limit') then others = math.max(0, num('day_limit') - num('day_left') - used - (num('day_unused') or 0)) end
return {now, pace(rated('minute', tonumber(ARGV[3]))), redis.call('ZCARD', C), limit, used, others, left, reset, source,
  num('lane1') or 0, num('lane2') or 0, num('lane3') or 0,
  redis.call('ZCARD', KEYS[4]), redis.call('ZCARD', KEYS[5]), redis.call('ZCARD', KEYS[6]),
  paused, num('slow_until') or 0, redis.call('ZCARD', F), crowd(rated('once', tonumber(ARGV[6])))}
`)
