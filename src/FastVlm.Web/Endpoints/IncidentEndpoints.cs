using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;
using FastVlm.Web.Json;
using FastVlm.Web.Problems;

namespace FastVlm.Web.Endpoints;

/// <summary>Reading incidents with their evidence; acknowledging and judging them.</summary>
internal static class IncidentEndpoints
{
    private const string Noun = "incident";

    public static void Map(IEndpointRouteBuilder api)
    {
        var incidents = api.MapGroup("/incidents").WithTags("Incidents");
        incidents.MapGet("", ListAsync).Does("listIncidents", "Incidents, newest first")
            .Query("state", "string", "open or cleared.").Query("kind", "string", "rule, cameraDown or endpointDown.")
            .Query("camera", "string", "Only incidents of this camera.").Query("rule", "string", "Only incidents of this rule.")
            .Pages().Answers<Incident[]>().Refuses(503);
        incidents.MapGet("/{id}", FindAsync).Does("getIncident", "One incident with its evidence and deliveries")
            .Answers<IncidentView>().Refuses(404, 503);
        incidents.MapGet("/{id}/pictures/{index:int}.jpg", PictureAsync)
            .Does("getIncidentPicture", "A picture of the evidence, by its place in evidence.pictures, from 0")
            .AnswersFile("image/jpeg").Refuses(404, 503);
        incidents.MapPost("/{id}/acknowledge", AcknowledgeAsync)
            .Does("acknowledgeIncident", "Note that somebody has seen an incident; the first acknowledgement stays")
            .Takes<Acknowledgement>().Answers<Incident>().Refuses(400, 404, 503);
        incidents.MapPost("/{id}/verdict", JudgeAsync)
            .Does("judgeIncident", "Say whether an alert was right; null takes the judgement back")
            .Takes<VerdictRequest>().Answers<Incident>().Refuses(400, 404, 503);
    }

    private static async Task<IReadOnlyList<Incident>> ListAsync(HttpContext context, IIncidentLog log)
    {
        var query = new QueryReader(context);
        var read = new IncidentQuery
        {
            State = query.Choice<IncidentState>("state"),
            Kind = query.Choice<IncidentKind>("kind"),
            CameraId = query.Id<CameraId>("camera"),
            RuleId = query.Id<RuleId>("rule"),
            Before = query.Id<IncidentId>("before"),
            Limit = query.Limit(),
        };
        query.Finish();
        return await log.FindAsync(read, context.RequestAborted);
    }

    private static async Task<IResult> FindAsync(string id, HttpContext context, IIncidentLog log, IOutbox outbox)
    {
        var incidentId = new IncidentId(id);
        if (await log.FindAsync(incidentId, context.RequestAborted) is not { } incident)
        {
            return Outcomes.NotFound(Noun, id);
        }

        var query = new DeliveryQuery { IncidentId = incidentId, Limit = Limits.PageLengthMax };
        var deliveries = await outbox.FindAsync(query, context.RequestAborted);
        return TypedResults.Ok(new IncidentView
        {
            Incident = incident,
            Evidence = await log.FindEvidenceAsync(incidentId, context.RequestAborted),
            Deliveries = deliveries,
            DeliveredAt = deliveries.Where(delivery => delivery.EventType == "incident.opened").Min(delivery => delivery.DeliveredAt),
        });
    }

    private static async Task<IResult> PictureAsync(string id, int index, HttpContext context, IIncidentLog log)
    {
        if (index < 0 || await log.ReadPictureAsync(new IncidentId(id), index, context.RequestAborted) is not { } jpeg)
        {
            return new ProblemResult(ApiProblem.Of(404, "There is no such picture: the incident has fewer, or it is no longer kept."));
        }

        context.Response.Headers.CacheControl = CacheHeaders.Forever;
        return TypedResults.Bytes(jpeg, "image/jpeg");
    }

    private static async Task<IResult> AcknowledgeAsync(string id, HttpContext context, IIncidentDesk desk)
    {
        var body = context.Request.ContentLength is 0 or null && context.Request.ContentType is null
            ? new Acknowledgement()
            : await JsonBody.ReadAsync<Acknowledgement>(context);
        RequireShort("$.by", "The name", body.By, Limits.NameCharsMax);
        var incident = await desk.AcknowledgeAsync(new IncidentId(id), body.By, context.RequestAborted);
        return incident is null ? Outcomes.NotFound(Noun, id) : TypedResults.Ok(incident);
    }

    private static async Task<IResult> JudgeAsync(string id, HttpContext context, IIncidentDesk desk)
    {
        var body = await JsonBody.ReadAsync<VerdictRequest>(context);
        RequireShort("$.note", "The note", body.Note, Limits.NoteCharsMax);
        var incident = await desk.JudgeAsync(new IncidentId(id), body.IsTrue, body.Note, context.RequestAborted);
        return incident is null ? Outcomes.NotFound(Noun, id) : TypedResults.Ok(incident);
    }

    private static void RequireShort(string path, string what, string? text, int charsMax)
    {
        if (text?.Length > charsMax)
        {
            throw new ProblemException(ApiProblem.Invalid(
                [new SpecError(path, $"{what} has {text.Length} characters; give at most {charsMax}.")]));
        }
    }
}

/// <summary>Who acknowledges an incident.</summary>
public sealed record Acknowledgement
{
    public string? By { get; init; }
}

/// <summary>A person's judgement of an alert.</summary>
public sealed record VerdictRequest
{
    /// <summary>True alert, false alert; null takes the judgement back.</summary>
    public required bool? IsTrue { get; init; }

    /// <summary>At most 1000 characters.</summary>
    public string? Note { get; init; }
}
