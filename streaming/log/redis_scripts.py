"""The Lua that makes a Redis stream a partition. Every script takes effect as a whole.

Keys of a namespace `ns`:

    ns:topics                     hash: topic -> "partitions compacted(0|1)"
    ns:epoch:NAME                 the epoch that holds the producer name
    ns:state:TOPIC:PARTITION      hash: next -> next offset; s:NAME -> "epoch:sequence" of its last record
    ns:log:TOPIC:PARTITION        stream: id (offset + 1)-(append time), field r -> packed record
    ns:last:TOPIC:PARTITION       hash, compacted topics only: record key -> stream id of its last record

A stream id holds both offset and append time, so an entry is one field. Offsets count from 0, ids from 1
because 0-0 is no id.
"""

# KEYS: epoch, state, stream, last. ARGV: name, epoch, first sequence, compacted, then records (compacted: each
# followed by its key). Records whose sequence is there already are left out: they are a retry's. A gap is refused:
# scripts are pipelined, and one that failed must not be overtaken by the next.
APPEND = """
local holder = redis.call('GET', KEYS[1])
if holder ~= ARGV[2] then
  return redis.error_reply('FENCED epoch ' .. (holder or 'none') .. ' holds ' .. ARGV[1])
end
local compacted = ARGV[4] == '1'
local state = redis.call('HMGET', KEYS[2], 'next', 's:' .. ARGV[1])
if not state[1] then return redis.error_reply('NOTOPIC ' .. KEYS[2]) end
local next, done = tonumber(state[1]), -1
local epoch, sequence = string.match(state[2] or '', '^(%d+):(%d+)$')
if epoch == ARGV[2] then done = tonumber(sequence) end
local at = tonumber(ARGV[3])
if at > done + 1 then return redis.error_reply('GAP the records before sequence ' .. ARGV[3] .. ' are missing') end
local now = redis.call('TIME')
local tail = string.format('-%s%03d', now[1], math.floor(now[2] / 1000))
for i = 5, #ARGV, compacted and 2 or 1 do
  if at > done then
    next = next + 1
    local id = string.format('%.0f', next) .. tail
    redis.call('XADD', KEYS[3], id, 'r', ARGV[i])
    if compacted then
      local older = redis.call('HGET', KEYS[4], ARGV[i + 1])
      if older then redis.call('XDEL', KEYS[3], older) end
      redis.call('HSET', KEYS[4], ARGV[i + 1], id)
    end
    done = at
  end
  at = at + 1
end
redis.call('HSET', KEYS[2], 'next', string.format('%.0f', next),
  's:' .. ARGV[1], ARGV[2] .. ':' .. string.format('%.0f', done))
return 1
"""

# KEYS: topics. ARGV: topic, partitions, compacted, prefix of the state keys. An existing topic is left alone.
CREATE = """
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3]) == 1 then
  for n = 0, tonumber(ARGV[2]) - 1 do
    redis.call('HSETNX', ARGV[4] .. string.format('%.0f', n), 'next', '0')
  end
end
return 1
"""
