using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Storage;
using FastVlm.Web.Json;
using FastVlm.Web.Problems;

namespace FastVlm.Web.Endpoints;

/// <summary>Testing webhooks, reading their log, sending again.</summary>
internal static class DeliveryEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/webhooks/{id}/test", TestAsync).WithTags("Webhooks")
            .Does("testWebhook", "Send a test message now, once, and tell what came of it").Answers<WebhookTest>().Refuses(404, 503);
        api.MapPost("/webhooks/{id}/replay", ReplayRangeAsync).WithTags("Webhooks")
            .Does("replayWebhook", "Send the deliveries of a span of time again, under their ids")
            .Takes<ReplayRange>().Answers<ReplayCount>().Refuses(400, 404, 409, 503);
        var deliveries = api.MapGroup("/deliveries").WithTags("Deliveries");
        deliveries.MapGet("", ListAsync).Does("listDeliveries", "Deliveries, newest first")
            .Query("endpoint", "string", "Only deliveries to this webhook.")
            .Query("incident", "string", "Only deliveries of this incident.")
            .Query("state", "string", "pending, delivered, failed or cancelled.")
            .Query("from", "date-time", "Created at or after.").Query("to", "date-time", "Created before.")
            .Pages().Answers<Delivery[]>().Refuses(503);
        deliveries.MapGet("/{id}", FindAsync).Does("getDelivery", "One delivery with its tries").Answers<DeliveryView>().Refuses(404, 503);
        deliveries.MapPost("/{id}/replay", ReplayAsync).Does("replayDelivery", "Send a delivery again, under its id")
            .Answers<ReplayCount>().Refuses(404, 409, 503);
    }

    private static async Task<IResult> TestAsync(string id, HttpContext context, IWebhookDesk desk) =>
        await desk.TestAsync(new EndpointId(id), context.RequestAborted) is { } test
            ? TypedResults.Ok(test)
            : Outcomes.NotFound("webhook", id);

    private static async Task<IResult> ReplayRangeAsync(string id, HttpContext context, IWebhookDesk desk)
    {
        var range = await JsonBody.ReadAsync<ReplayRange>(context);
        return Answer(await desk.ReplayAsync(new EndpointId(id), range, context.RequestAborted), "webhook", id);
    }

    private static async Task<IReadOnlyList<Delivery>> ListAsync(HttpContext context, IOutbox outbox)
    {
        var query = new QueryReader(context);
        var read = new DeliveryQuery
        {
            EndpointId = query.Id<EndpointId>("endpoint"),
            IncidentId = query.Id<IncidentId>("incident"),
            State = query.Choice<DeliveryState>("state"),
            From = query.Time("from"),
            To = query.Time("to"),
            Before = query.Id<DeliveryId>("before"),
            Limit = query.Limit(),
        };
        query.Finish();
        return await outbox.FindAsync(read, context.RequestAborted);
    }

    private static async Task<IResult> FindAsync(string id, HttpContext context, IOutbox outbox) =>
        await outbox.FindAsync(new DeliveryId(id), context.RequestAborted) is { } delivery
            ? TypedResults.Ok(new DeliveryView(delivery, await outbox.ListAttemptsAsync(delivery.Id, context.RequestAborted)))
            : Outcomes.NotFound("delivery", id);

    private static async Task<IResult> ReplayAsync(string id, HttpContext context, IWebhookDesk desk) =>
        Answer(await desk.ReplayAsync(new DeliveryId(id), context.RequestAborted), "delivery", id);

    private static IResult Answer(ReplayResult result, string noun, string id) => result.Status switch
    {
        ReplayStatus.Done => TypedResults.Ok(new ReplayCount(result.Count)),
        ReplayStatus.NotFound => Outcomes.NotFound(noun, id),
        ReplayStatus.EndpointDisabled => new ProblemResult(ApiProblem.Of(409, "The webhook is disabled; enable it first.")),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
