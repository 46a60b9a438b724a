-- Each line of the thread's own file is a guest's cookie. Every guest puts one piece into the cart and, some hundred requests later, when that has long been
-- answered, orders it: additions and orders take turns.
local threads = 0
local behind = 300
local added, ordered = 0, 0
local looked = false
local cookies = {}

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(arguments)
    file = assert(io.open(arguments[1] .. "." .. number))
end

local function post(path, cookie, body)
    return "POST " .. path .. " HTTP/1.1\r\nHost: localhost\r\nCookie: maydon_guest=" .. cookie .. "\r\nContent-Type: application/json\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function request()
    if added - ordered > behind then
        ordered = ordered + 1
        local cookie = cookies[ordered]
        cookies[ordered] = nil
        local name = number .. "-" .. ordered
        return post("/api/checkout/", cookie, '{"full_name":"Guest ' .. name .. '","email":"guest' .. name .. '@example.org","phone":"+998901234567","address":"Tashkent"}')
    end
    local cookie = file:read()
    if not cookie then
        wrk.thread:stop()
        return "GET /health/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    end
    -- wrk asks for the first request once more than it sends it: that guest only looks.
    if looked then
        added = added + 1
        cookies[added] = cookie
    end
    looked = true
    return post("/api/cart/", cookie, '{"variant_id":1,"quantity":1}')
end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format("RESULT requests=%d seconds=%.6f refused=%d broken=%d p50_ms=%.3f p99_ms=%.3f max_ms=%.3f\n",
        summary.requests, summary.duration / 1e6, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
