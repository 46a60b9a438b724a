using Maydon.Kernel.Redis;

namespace Maydon.Shop.Carts.InRedis;

/// <summary>What is done to carts in Redis, each as a whole. Every one that returns a cart returns its fields and values, none for no cart.</summary>
internal static class CartScripts
{
    /// <summary>KEYS: carts. ARGV: lifetime.</summary>
    public static readonly RedisScript Find = new(
        """
        local carts = {}
        for i = 1, #KEYS do
            carts[i] = redis.call('HGETALL', KEYS[i])
            if #carts[i] > 0 then redis.call('PEXPIRE', KEYS[i], ARGV[1]) end
        end
        return carts
        """);

    /// <summary>KEYS: cart, and what remembers that it was done, or the cart again. ARGV: lifetime, variant, quantity, price, limit, most lines, new ref, adds, how long to remember.</summary>
    public static readonly RedisScript Put = new(
        """
        local cart, line = KEYS[1], 'l:' .. ARGV[2]
        local remembers = KEYS[2] ~= cart
        if remembers and redis.call('EXISTS', KEYS[2]) == 1 then return redis.call('HGETALL', cart) end
        local quantity, at = tonumber(ARGV[3]), nil
        local old = redis.call('HGET', cart, line)
        if old then
            local had, since = string.match(old, '^(%d+) %S+ (%d+)$')
            at = since
            if ARGV[8] == '1' then quantity = quantity + tonumber(had) end
        end
        if quantity > tonumber(ARGV[5]) then return {'over'} end
        if not old then
            local fields = redis.call('HLEN', cart) - redis.call('HEXISTS', cart, 'merged')
            if fields > tonumber(ARGV[6]) then return {'full'} end
            if fields == 0 then redis.call('HSET', cart, 'ref', ARGV[7]) end
            local now = redis.call('TIME')
            at = now[1] .. string.format('%06d', now[2])
        end
        redis.call('HSET', cart, line, string.format('%d %s %s', quantity, ARGV[4], at))
        redis.call('PEXPIRE', cart, ARGV[1])
        if remembers then redis.call('SET', KEYS[2], '1', 'PX', ARGV[9]) end
        return redis.call('HGETALL', cart)
        """);

    /// <summary>KEYS: cart. ARGV: lifetime, variant.</summary>
    public static readonly RedisScript Remove = new(
        """
        redis.call('HDEL', KEYS[1], 'l:' .. ARGV[2])
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        return redis.call('HGETALL', KEYS[1])
        """);

    /// <summary>KEYS: cart.</summary>
    public static readonly RedisScript Empty = new("redis.call('DEL', KEYS[1])");

    /// <summary>KEYS: guest's cart, user's cart. ARGV: lifetime, most merged, most lines, most of one, then variant and limit of each line that has one.</summary>
    public static readonly RedisScript Merge = new(
        """
        local guest, user = KEYS[1], KEYS[2]
        local fields, lines, limits = redis.call('HGETALL', guest), {}, {}
        for i = 5, #ARGV, 2 do limits['l:' .. ARGV[i]] = tonumber(ARGV[i + 1]) end
        for i = 1, #fields, 2 do
            if string.sub(fields[i], 1, 2) == 'l:' then
                local quantity, price, at = string.match(fields[i + 1], '^(%d+) (%S+) (%d+)$')
                lines[#lines + 1] = {fields[i], tonumber(quantity), price, at}
            end
        end
        table.sort(lines, function(a, b) return a[4] < b[4] or (a[4] == b[4] and a[1] < b[1]) end)
        local merged = redis.call('HGET', user, 'merged')
        local function count() return redis.call('HLEN', user) - redis.call('HEXISTS', user, 'merged') end
        if #fields > 0 then
            local ref = redis.call('HGET', guest, 'ref')
            if count() <= 1 then
                redis.call('HSET', user, 'ref', ref)
            else
                redis.call('HSET', user, 'merged', string.sub((merged and merged .. ' ' or '') .. ref, -33 * tonumber(ARGV[2]) + 1))
            end
        end
        for _, line in ipairs(lines) do
            local limit = limits[line[1]] or tonumber(ARGV[4])
            local old = redis.call('HGET', user, line[1])
            if old then
                local had, since = string.match(old, '^(%d+) %S+ (%d+)$')
                line[2], line[4] = line[2] + tonumber(had), since
            end
            if limit > 0 and (old or count() <= tonumber(ARGV[3])) then
                redis.call('HSET', user, line[1], string.format('%d %s %s', math.min(line[2], limit), line[3], line[4]))
            end
        end
        redis.call('DEL', guest)
        redis.call('PEXPIRE', user, ARGV[1])
        return redis.call('HGETALL', user)
        """);

    /// <summary>KEYS: cart. ARGV: the ref that became an order, new ref, then variant and quantity of each line of the order.</summary>
    public static readonly RedisScript Forget = new(
        """
        local cart = KEYS[1]
        local merged = redis.call('HGET', cart, 'merged') or ''
        local own, from, to = redis.call('HGET', cart, 'ref') == ARGV[1], string.find(merged, ARGV[1], 1, true)
        if not own and not from then return end
        if from then
            merged = string.sub(merged, 1, math.max(0, from - 2)) .. string.sub(merged, from == 1 and to + 2 or to + 1)
            if merged == '' then redis.call('HDEL', cart, 'merged') else redis.call('HSET', cart, 'merged', merged) end
        end
        for i = 3, #ARGV, 2 do
            local line = 'l:' .. ARGV[i]
            local old = redis.call('HGET', cart, line)
            if old then
                local had, rest = string.match(old, '^(%d+) (.+)$')
                local left = tonumber(had) - tonumber(ARGV[i + 1])
                if left > 0 then
                    redis.call('HSET', cart, line, string.format('%d %s', left, rest))
                else
                    redis.call('HDEL', cart, line)
                end
            end
        end
        if redis.call('HLEN', cart) - redis.call('HEXISTS', cart, 'merged') <= 1 then
            redis.call('DEL', cart)
        elseif own then
            redis.call('HSET', cart, 'ref', ARGV[2])
        end
        """);
}
