-- Look for an answer and, where there is none, take the turn to get it.
--
-- KEYS[1]  the answer: a sealed frame
-- KEYS[2]  the turn: the token of the process that is getting the answer; ends by itself
-- ARGV[1]  the token to take the turn with, "" to only look
-- ARGV[2]  how long the turn lasts unless it is renewed, in milliseconds
-- ARGV[3]  the most bytes an answer may have
-- ARGV[4]  the head of the answer that is known and of no use, "" if none is
-- Result   {frame, "" for none or the known one; its milliseconds left; the server's time in
--          microseconds; whose turn: 0 another's, 1 the caller's, 2 nobody's, none can be had;
--          1 if something that is no answer was found and deleted}
--
-- Atomic because of two who look and then lock, the slower would lock after the faster has
-- stored its answer and left, and ask again. pcall because a replica that takes no writes, or a
-- server out of memory, can still be read.
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000000 + time[2])
local frame = redis.pcall('GETRANGE', KEYS[1], 0, ARGV[3])
local foreign = 0
if type(frame) == 'table' then
  redis.pcall('DEL', KEYS[1])  -- of another type, so not ours
  frame, foreign = '', 1
end
if frame ~= '' and (ARGV[4] == '' or string.sub(frame, 1, #ARGV[4]) ~= ARGV[4]) then
  return {frame, redis.call('PTTL', KEYS[1]), now, 0, 0}
end
if ARGV[1] == '' then
  return {'', 0, now, redis.call('EXISTS', KEYS[2]) == 1 and 0 or 2, foreign}
end
local taken = redis.pcall('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
if not taken and redis.call('PTTL', KEYS[2]) == -1 then
  -- A turn without an end is none of ours, and nobody would ever get one after it.
  taken = redis.pcall('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
end
if not taken then return {'', 0, now, 0, foreign} end
return {'', 0, now, taken.err and 2 or 1, foreign}
