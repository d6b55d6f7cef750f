using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using FastVlm.Web.Json;

namespace FastVlm.Web.Endpoints;

/// <summary>Configuring webhook endpoints.</summary>
internal static class WebhookEndpoints
{
    private const string Noun = "webhook";

    public static void Map(IEndpointRouteBuilder api)
    {
        var webhooks = api.MapGroup("/webhooks").WithTags("Webhooks");
        webhooks.MapGet("", ListAsync).Does("listWebhooks", "All webhook endpoints, in the order in which they were created")
            .Answers<EndpointView[]>().Refuses(503);
        webhooks.MapPost("", AddAsync).Does("addWebhook", "Add a webhook endpoint; the answer shows its signing secret, once")
            .Takes<EndpointSpec>().Answers<EndpointView>(201).Refuses(400, 409, 413, 415, 503);
        webhooks.MapGet("/{id}", FindAsync).Does("getWebhook", "One webhook endpoint").Answers<EndpointView>().Refuses(404, 503);
        webhooks.MapPut("/{id}", ReplaceAsync).Does("replaceWebhook", "Replace a webhook endpoint; masked secrets stay")
            .Takes<EndpointSpec>().Answers<EndpointView>().Refuses(400, 404, 409, 413, 415, 503);
        webhooks.MapPatch("/{id}", PatchAsync)
            .Does("patchWebhook", "Change some properties of a webhook endpoint (JSON merge patch on its spec)")
            .TakesPatchOf<EndpointSpec>().Answers<EndpointView>().Refuses(400, 404, 409, 413, 415, 503);
        webhooks.MapDelete("/{id}", RemoveAsync).Does("removeWebhook", "Remove a webhook endpoint; what waits for it is cancelled")
            .AnswersNothing(204).Refuses(404, 409, 503);
        webhooks.MapPost("/{id}/rotate-secret", RotateAsync)
            .Does("rotateWebhookSecret", "Sign with a new secret, and with the present one beside it, until the next rotation")
            .Answers<NewSecret>().Refuses(404, 409, 503);
        webhooks.MapDelete("/{id}/old-secret", DropOldAsync)
            .Does("dropOldWebhookSecret", "Sign with the newest secret alone").AnswersNothing(204).Refuses(404, 409, 503);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IConfigurationDesk desk, IOutbox outbox)
    {
        var views = new List<EndpointView>();
        foreach (var endpoint in desk.Endpoints.List())
        {
            views.Add(await ViewAsync(endpoint, outbox, null, context.RequestAborted));
        }

        return TypedResults.Ok(views);
    }

    private static async Task<IResult> AddAsync(HttpContext context, IConfigurationDesk desk, IOutbox outbox)
    {
        var spec = await JsonBody.ReadAsync<EndpointSpec>(context);
        var change = await desk.Endpoints.AddAsync(Own(spec, null), context.RequestAborted);
        return await AnswerAsync(change, "", async endpoint => TypedResults.Created(
            $"/api/webhooks/{endpoint.Id}",
            await ViewAsync(endpoint, outbox, endpoint.Spec.Secrets[0].Reveal(), context.RequestAborted)));
    }

    private static async Task<IResult> FindAsync(string id, HttpContext context, IConfigurationDesk desk, IOutbox outbox) =>
        desk.Endpoints.Find(new EndpointId(id)) is { } endpoint
            ? TypedResults.Ok(await ViewAsync(endpoint, outbox, null, context.RequestAborted))
            : Outcomes.NotFound(Noun, id);

    private static async Task<IResult> ReplaceAsync(string id, HttpContext context, IConfigurationDesk desk, IOutbox outbox)
    {
        var spec = await JsonBody.ReadAsync<EndpointSpec>(context);
        return await EditAsync(id, _ => spec, context, desk, outbox);
    }

    private static async Task<IResult> PatchAsync(string id, HttpContext context, IConfigurationDesk desk, IOutbox outbox)
    {
        var patch = await JsonBody.ReadNodeAsync(context);
        return await EditAsync(id, stored => JsonBody.Patch(stored, patch), context, desk, outbox);
    }

    private static async Task<IResult> EditAsync(
        string id, Func<EndpointSpec, EndpointSpec> edit, HttpContext context, IConfigurationDesk desk, IOutbox outbox)
    {
        SecretText? made = null;
        var change = await desk.Endpoints.EditAsync(
            new EndpointId(id),
            stored =>
            {
                var edited = Own(edit(stored), stored);
                made = edited.Secrets.Count == 0 ? stored.Secrets[0] : null;
                return edited;
            },
            context.RequestAborted);
        return await AnswerAsync(change, id, async endpoint =>
        {
            var newest = endpoint.Spec.Secrets[0];
            var shown = made is not null && !made.Equals(newest) ? newest.Reveal() : null;
            return TypedResults.Ok(await ViewAsync(endpoint, outbox, shown, context.RequestAborted));
        });
    }

    private static async Task<IResult> RemoveAsync(string id, HttpContext context, IConfigurationDesk desk) =>
        Outcomes.AnswerRemoval(await desk.Endpoints.RemoveAsync(new EndpointId(id), context.RequestAborted), Noun, id);

    private static async Task<IResult> RotateAsync(string id, HttpContext context, IConfigurationDesk desk)
    {
        var secret = EndpointSecrets.Generate();
        var change = await desk.Endpoints.EditAsync(
            new EndpointId(id), spec => spec with { Secrets = [secret, spec.Secrets[0]] }, context.RequestAborted);
        return Outcomes.Answer(change, Noun, id, _ => TypedResults.Ok(new NewSecret(secret.Reveal())));
    }

    private static async Task<IResult> DropOldAsync(string id, HttpContext context, IConfigurationDesk desk)
    {
        var change = await desk.Endpoints.EditAsync(
            new EndpointId(id), spec => spec with { Secrets = [spec.Secrets[0]] }, context.RequestAborted);
        return Outcomes.Answer(change, Noun, id, _ => TypedResults.NoContent());
    }

    /// <summary>Why an endpoint is disabled is the platform's word, not the client's.</summary>
    private static EndpointSpec Own(EndpointSpec spec, EndpointSpec? stored) =>
        spec with { DisabledReason = spec.Enabled ? null : stored?.DisabledReason };

    private static async Task<IResult> AnswerAsync(
        Change<Entry<EndpointId, EndpointSpec>> change, string id, Func<Entry<EndpointId, EndpointSpec>, Task<IResult>> answer) =>
        change is { Status: ChangeStatus.Done, Entry: { } entry }
            ? await answer(entry)
            : Outcomes.Answer(change, Noun, id, _ => throw new System.Diagnostics.UnreachableException());

    private static async Task<EndpointView> ViewAsync(
        Entry<EndpointId, EndpointSpec> endpoint, IOutbox outbox, string? secret, CancellationToken cancellationToken)
    {
        var pending = new DeliveryQuery { EndpointId = endpoint.Id, State = DeliveryState.Pending, Limit = Limits.PageLengthMax };
        return new EndpointView
        {
            Id = endpoint.Id,
            Name = endpoint.Spec.Name,
            Spec = endpoint.Spec,
            Origin = endpoint.Origin,
            CreatedAt = endpoint.CreatedAt,
            UpdatedAt = endpoint.UpdatedAt,
            Pending = (await outbox.FindAsync(pending, cancellationToken)).Count,
            Secret = secret,
        };
    }
}
