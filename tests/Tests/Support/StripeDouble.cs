using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;

namespace Maydon.Tests.Support;

/// <summary>A request as it came, and the status it was answered with; 0 when nobody was answered.</summary>
public sealed record StripeCall(string Method, string Path, IReadOnlyDictionary<string, string> Form, string? IdempotencyKey, int Status);

/// <summary>What goes wrong with the next request that may go wrong so.</summary>
public enum StripeTrouble
{
    /// <summary>The connection ends before anything is done.</summary>
    HangUp,

    /// <summary>It is done, and the connection ends before the answer.</summary>
    HangUpAfter,

    /// <summary>500, which the key remembers.</summary>
    Fault,

    /// <summary>502 of a gateway, without JSON.</summary>
    Gateway,

    TooMany,

    /// <summary>400 for a reason of Stripe's own.</summary>
    Refuse,

    /// <summary>400 while it is being done (too little in the account), which the key remembers.</summary>
    Decline,
}

/// <summary>
/// Stripe as this server sees it: a real HTTP server on loopback that checks what Stripe checks and keeps what Stripe keeps. A test plays
/// the buyer (<see cref="Complete"/>, <see cref="Expire"/>…) and gets the event that Stripe would send, to deliver it when and as often as it likes.
/// </summary>
public sealed class StripeDouble : IAsyncDisposable
{
    public const string SecretKey = "sk_test_51DoubleDoubleDoubleDouble";
    private const string OneSession = "/v1/checkout/sessions/";
    public const string WebhookSecret = "whsec_double0123456789abcdefghijklmnop";

    private readonly WebApplication _app;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<string, KeptAnswer> _answers = new();
    private readonly ConcurrentDictionary<string, StripeSession> _sessions = new();
    private readonly ConcurrentDictionary<string, StripeCharge> _charges = new();
    private readonly ConcurrentDictionary<string, StripeRefund> _refunds = new();

    private StripeDouble(WebApplication app, TimeProvider clock) => (_app, _clock) = (app, clock);

    public Uri Address { get; private set; } = null!;
    public ConcurrentQueue<StripeCall> Calls { get; } = new();

    /// <summary>One for each request, in order; without any all goes well.</summary>
    public ConcurrentQueue<StripeTrouble> Troubles { get; } = new();

    /// <summary>How long everything takes.</summary>
    public TimeSpan Delay { get; set; }
    public IReadOnlyCollection<StripeSession> Sessions => [.. _sessions.Values];
    public IReadOnlyCollection<StripeCharge> Charges => [.. _charges.Values];
    public IReadOnlyCollection<StripeRefund> Refunds => [.. _refunds.Values];

    /// <summary>Refunds are under way for days, as with some ways to pay, and not made at once.</summary>
    public bool RefundsPend { get; set; }

    /// <param name="clock">The server's, so that both agree on what is half an hour.</param>
    public static async Task<StripeDouble> StartAsync(TimeProvider clock, int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        var stripe = new StripeDouble(app, clock);
        app.Run(stripe.ServeAsync);
        await app.StartAsync();
        stripe.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return stripe;
    }

    public StripeSession Session(string id) => _sessions[id];

    /// <summary>The buyer pays by card: complete and paid at once.</summary>
    public string Complete(string sessionId) => Pay(sessionId, "paid", "checkout.session.completed");

    /// <summary>The buyer chooses a bank transfer: complete, the money comes later.</summary>
    public string CompleteUnpaid(string sessionId) => Pay(sessionId, "unpaid", "checkout.session.completed");

    /// <summary>The transfer has arrived.</summary>
    public string Succeed(string sessionId) => Pay(sessionId, "paid", "checkout.session.async_payment_succeeded");

    /// <summary>The transfer never came.</summary>
    public string Fail(string sessionId) => StripeEvents.Of("checkout.session.async_payment_failed", Session(sessionId).ToJson(), _clock);

    /// <summary>Its time is over; of one that is complete Stripe says nothing.</summary>
    public string Expire(string sessionId)
    {
        var session = Session(sessionId);
        lock (session)
        {
            if (session.Status != "open")
                throw new InvalidOperationException($"A session that is {session.Status} does not expire.");
            session.Status = "expired";
        }

        return StripeEvents.Of("checkout.session.expired", session.ToJson(), _clock);
    }

    /// <summary>Somebody gives money back in Stripe's dashboard.</summary>
    public string RefundByHand(string paymentIntent, long amount)
    {
        var charge = _charges[paymentIntent];
        lock (charge)
            charge.Refunded += amount;
        return StripeEvents.Of("charge.refunded", charge.ToJson(), _clock);
    }

    /// <summary>A refund that was under way has arrived.</summary>
    public string SucceedRefund(string refundId)
    {
        var refund = _refunds[refundId];
        refund.Status = "succeeded";
        return StripeEvents.Of("charge.refund.updated", refund.ToJson(), _clock);
    }

    /// <summary>The buyer's bank has sent it back: the money is in the account again.</summary>
    public string FailRefund(string refundId, string type = "refund.failed")
    {
        var refund = _refunds[refundId];
        lock (refund.Charge)
        {
            if (refund.Status != "failed")
                refund.Charge.Refunded -= refund.Amount;
            refund.Status = "failed";
        }

        return StripeEvents.Of(type, refund.ToJson(), _clock);
    }

    private string Pay(string sessionId, string paymentStatus, string type)
    {
        var session = Session(sessionId);
        lock (session)
        {
            if (session.Status == "expired" || session.PaymentStatus == "paid")
                throw new InvalidOperationException($"A session that is {session.Status} and {session.PaymentStatus} cannot be paid.");
            session.Status = "complete";
            session.PaymentStatus = paymentStatus;
            session.PaymentIntent ??= NewId("pi_", 24);
            if (paymentStatus == "paid")
                _charges[session.PaymentIntent] = new StripeCharge(NewId("ch_", 24), session.PaymentIntent, session.AmountTotal, session.Currency, session.PaymentMetadata);
        }

        return StripeEvents.Of(type, session.ToJson(), _clock);
    }

    private async Task ServeAsync(HttpContext context)
    {
        var request = context.Request;
        var form = await StripeForm.ReadAsync(request);
        var key = request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } text ? text : null;
        var trouble = Troubles.TryDequeue(out var next) ? next : (StripeTrouble?)null;
        if (trouble == StripeTrouble.HangUp)
        {
            Record(0);
            context.Abort();
            return;
        }

        var answer = await AnswerAsync(request, form, key, trouble);
        Record(trouble == StripeTrouble.HangUpAfter ? 0 : answer.Status);
        if (trouble == StripeTrouble.HangUpAfter)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.Json is null ? "text/html" : "application/json";
        context.Response.Headers["Request-Id"] = NewId("req_", 14);
        await context.Response.WriteAsync(answer.Json ?? "<html>Bad gateway</html>");

        void Record(int status) => Calls.Enqueue(new StripeCall(request.Method, request.Path.Value!, form.Values, key, status));
    }

    private async Task<StripeAnswer> AnswerAsync(HttpRequest request, StripeForm form, string? key, StripeTrouble? trouble)
    {
        if (request.Headers.Authorization.ToString() != $"Bearer {SecretKey}")
            return StripeAnswer.Error(401, "invalid_request_error", code: null, "Invalid API Key provided.");
        if (trouble == StripeTrouble.Gateway)
            return new StripeAnswer(502, Json: null);
        if (trouble == StripeTrouble.TooMany)
            return StripeAnswer.Error(429, "invalid_request_error", "rate_limit", "Too many requests.");
        if (!System.Text.RegularExpressions.Regex.IsMatch(request.Headers["Stripe-Version"].ToString(), @"^20\d\d-\d\d-\d\d(\.[a-z]+)?$"))
            return StripeAnswer.Error(400, "invalid_request_error", code: null, "Invalid Stripe API version.");
        if (form.Fault is { } fault)
            return StripeAnswer.Error(400, "invalid_request_error", "parameter_invalid", fault);
        if (request.Method == "GET")
            return request.Path.StartsWithSegments("/v1/refunds", StringComparison.Ordinal) ? ReadRefund(request) : Read(request.Path.Value!);
        if (request.Method != "POST")
            return StripeAnswer.Error(404, "invalid_request_error", code: null, "Unrecognized request URL.");
        if (key is null)
            return Execute(request.Path.Value!, form, trouble);
        return await OnceAsync(request.Path.Value!, form, key, trouble);
    }

    /// <summary>As in https://docs.stripe.com/api/idempotent_requests: what was not executed (a parameter is wrong) leaves no trace.</summary>
    private async Task<StripeAnswer> OnceAsync(string path, StripeForm form, string key, StripeTrouble? trouble)
    {
        if (key.Length > 255)
            return StripeAnswer.Error(400, "invalid_request_error", code: null, "Idempotency keys are at most 255 characters long.");
        var mine = new KeptAnswer(path, form.Text);
        var kept = _answers.GetOrAdd(key, mine);
        if (kept.Path != path || kept.Form != form.Text)
            return StripeAnswer.Error(400, "idempotency_error", code: null, $"Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '{key}' if you meant to execute a different request.");
        if (!ReferenceEquals(kept, mine))
            return kept.Answer ?? StripeAnswer.Error(409, "invalid_request_error", "idempotency_key_in_use", "There is currently another in-progress request using this Idempotent Key.");
        await Task.Delay(Delay);
        var answer = trouble == StripeTrouble.Fault ? StripeAnswer.Error(500, "api_error", code: null, "Something went wrong on Stripe's end.") : Execute(path, form, trouble);
        if (answer.Status == 400 && trouble != StripeTrouble.Decline)
            _answers.TryRemove(key, out _);
        else
            mine.Answer = answer;
        return answer;
    }

    private StripeAnswer Execute(string path, StripeForm form, StripeTrouble? trouble)
    {
        if (trouble == StripeTrouble.Refuse)
            return StripeAnswer.Error(400, "invalid_request_error", "amount_too_large", "The amount is too large.");
        if (trouble == StripeTrouble.Decline)
            return StripeAnswer.Error(400, "invalid_request_error", "insufficient_funds", "Your account has too little for this.");
        if (path == "/v1/checkout/sessions")
        {
            var (session, fault) = StripeSession.Create(form, NewId("cs_test_", 58), _clock.GetUtcNow());
            if (fault is not null)
                return fault;
            _sessions[session!.Id] = session;
            return new StripeAnswer(200, session.ToJson());
        }

        if (path.StartsWith(OneSession, StringComparison.Ordinal) && path.EndsWith("/expire", StringComparison.Ordinal))
            return Close(path[OneSession.Length..^"/expire".Length]);
        return path == "/v1/refunds" ? Refund(form) : StripeAnswer.Error(404, "invalid_request_error", code: null, "Unrecognized request URL.");
    }

    private StripeAnswer Read(string path)
    {
        return path.StartsWith(OneSession, StringComparison.Ordinal) && _sessions.TryGetValue(path[OneSession.Length..], out var session)
            ? session.IsForbidden ? StripeAnswer.Error(403, "invalid_request_error", code: null, "The provided key does not have the required permissions.") : new StripeAnswer(200, session.ToJson())
            : StripeAnswer.Error(404, "invalid_request_error", "resource_missing", "No such object.");
    }

    private StripeAnswer ReadRefund(HttpRequest request)
    {
        if (request.Path == "/v1/refunds")
        {
            var found = _refunds.Values.Where(refund => refund.Charge.PaymentIntent == request.Query["payment_intent"]).Reverse();
            return new StripeAnswer(200, $$"""
                {"object":"list","data":[{{string.Join(',', found.Select(refund => refund.ToJson()))}}],"has_more":false,"url":"/v1/refunds"}
                """);
        }

        return _refunds.TryGetValue(request.Path.Value!["/v1/refunds/".Length..], out var one)
            ? new StripeAnswer(200, one.ToJson())
            : StripeAnswer.Error(404, "invalid_request_error", "resource_missing", "No such refund.");
    }

    private StripeAnswer Close(string id)
    {
        if (!_sessions.TryGetValue(id, out var session))
            return StripeAnswer.Error(404, "invalid_request_error", "resource_missing", "No such checkout.session.");
        lock (session)
        {
            if (session.Status != "open")
                return StripeAnswer.Error(400, "invalid_request_error", code: null, $"Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `{session.Status}`.");
            session.Status = "expired";
        }

        return new StripeAnswer(200, session.ToJson());
    }

    private StripeAnswer Refund(StripeForm form)
    {
        if (form.Unknown(name => name is "payment_intent" or "charge" or "amount" or "reason" || name.StartsWith("metadata[", StringComparison.Ordinal)) is { } unknown)
            return StripeAnswer.Error(400, "invalid_request_error", "parameter_unknown", $"Received unknown parameter: {unknown}");
        if (form["payment_intent"] is not { } intent || !_charges.TryGetValue(intent, out var charge))
            return StripeAnswer.Error(404, "invalid_request_error", "resource_missing", "No such payment_intent.");
        lock (charge)
        {
            var left = charge.Amount - charge.Refunded;
            if (left == 0)
                return StripeAnswer.Error(400, "invalid_request_error", "charge_already_refunded", $"Charge {charge.Id} has already been refunded.");
            var amount = form["amount"] is { } said ? long.Parse(said) : left;
            if (amount <= 0 || amount > left)
                return StripeAnswer.Error(400, "invalid_request_error", code: null, "Refund amount is greater than unrefunded amount on charge.");
            charge.Refunded += amount;
            charge.RefundCount++;
            var refund = new StripeRefund(NewId("re_", 24), charge, amount, form.Map("metadata"), _clock.GetUtcNow()) { Status = RefundsPend ? "pending" : "succeeded" };
            _refunds[refund.Id] = refund;
            return new StripeAnswer(200, refund.ToJson());
        }
    }

    private static string NewId(string prefix, int length) => prefix + RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", length);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed record KeptAnswer(string Path, string Form)
    {
        public StripeAnswer? Answer { get; set; }
    }
}
