using System.Globalization;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Web.Json;
using FastVlm.Web.Problems;

namespace FastVlm.Web.Endpoints;

/// <summary>Registering, changing and watching cameras.</summary>
internal static class CameraEndpoints
{
    private const string Noun = "camera";

    public static void Map(IEndpointRouteBuilder api)
    {
        var cameras = api.MapGroup("/cameras").WithTags("Cameras");
        cameras.MapGet("", ListAsync).Does("listCameras", "All cameras, in the order in which they were created").Answers<CameraView[]>();
        cameras.MapPost("", AddAsync).Does("addCamera", "Register a camera; it is started at once")
            .Takes<CameraSpec>().Answers<CameraView>(201).Refuses(400, 409, 413, 415, 503);
        cameras.MapGet("/{id}", FindAsync).Does("getCamera", "One camera with its state").Answers<CameraView>().Refuses(404);
        cameras.MapPut("/{id}", ReplaceAsync).Does("replaceCamera", "Replace what is configured of a camera; masked secrets stay")
            .Takes<CameraSpec>().Answers<CameraView>().Refuses(400, 404, 409, 413, 415, 503);
        cameras.MapPatch("/{id}", PatchAsync).Does("patchCamera", "Change some properties of a camera (JSON merge patch on its spec)")
            .TakesPatchOf<CameraSpec>().Answers<CameraView>().Refuses(400, 404, 409, 413, 415, 503);
        cameras.MapDelete("/{id}", RemoveAsync).Does("removeCamera", "Stop and remove a camera; its captions and incidents stay")
            .AnswersNothing(204).Refuses(404, 409, 503);
        cameras.MapPost("/{id}/reconnect", ReconnectAsync).Does("reconnectCamera", "Start the connection of a camera anew")
            .AnswersNothing(202).Refuses(404, 409);
        cameras.MapPost("/test", TestAsync).Does("testCamera", "Try a camera before it is saved: probe it and take one picture")
            .Query("replaces", "string", "Id of the camera whose stored secrets stand for masked ones.")
            .Takes<CameraSpec>().Answers<CameraTest>().Refuses(400, 404, 413, 415);
        cameras.MapGet("/{id}/picture.jpg", PictureAsync)
            .Does("getCameraPicture", "The very frame that was captioned last, or by one caption")
            .Query("caption", "string", "Id of the caption; the last one where it is left out.")
            .AnswersFile("image/jpeg").Refuses(404);
        cameras.MapGet("/{id}/live/{file}", LiveAsync).Does("getLiveVideo", "Live video as HLS: index.m3u8 and the files that it names")
            .AnswersFile("application/vnd.apple.mpegurl").Refuses(404, 503);
    }

    private static async Task<CameraView[]> ListAsync(HttpContext context, IConfigurationDesk desk, ICameraMonitor monitor)
    {
        var reports = await monitor.ListAsync(context.RequestAborted);
        return [.. desk.Cameras.List().Select(camera => View(camera, reports.GetValueOrDefault(camera.Id)))];
    }

    private static async Task<IResult> AddAsync(HttpContext context, IConfigurationDesk desk, ICameraMonitor monitor)
    {
        var change = await desk.Cameras.AddAsync(await JsonBody.ReadAsync<CameraSpec>(context), context.RequestAborted);
        var view = await ViewAsync(change, monitor, context);
        return Outcomes.Answer(change, Noun, "", camera => TypedResults.Created($"/api/cameras/{camera.Id}", view));
    }

    private static async Task<IResult> FindAsync(string id, HttpContext context, IConfigurationDesk desk, ICameraMonitor monitor) =>
        desk.Cameras.Find(new CameraId(id)) is { } camera
            ? TypedResults.Ok(View(camera, await monitor.FindAsync(camera.Id, context.RequestAborted)))
            : Outcomes.NotFound(Noun, id);

    private static async Task<IResult> ReplaceAsync(string id, HttpContext context, IConfigurationDesk desk, ICameraMonitor monitor)
    {
        var spec = await JsonBody.ReadAsync<CameraSpec>(context);
        var change = await desk.Cameras.ReplaceAsync(new CameraId(id), spec, context.RequestAborted);
        var view = await ViewAsync(change, monitor, context);
        return Outcomes.Answer(change, Noun, id, _ => TypedResults.Ok(view));
    }

    private static async Task<IResult> PatchAsync(string id, HttpContext context, IConfigurationDesk desk, ICameraMonitor monitor)
    {
        var patch = await JsonBody.ReadNodeAsync(context);
        var change = await desk.Cameras.EditAsync(new CameraId(id), spec => JsonBody.Patch(spec, patch), context.RequestAborted);
        var view = await ViewAsync(change, monitor, context);
        return Outcomes.Answer(change, Noun, id, _ => TypedResults.Ok(view));
    }

    private static async Task<IResult> RemoveAsync(string id, HttpContext context, IConfigurationDesk desk) =>
        Outcomes.AnswerRemoval(await desk.Cameras.RemoveAsync(new CameraId(id), context.RequestAborted), Noun, id);

    private static async Task<IResult> ReconnectAsync(string id, HttpContext context, IConfigurationDesk desk, ICameraMonitor monitor)
    {
        if (desk.Cameras.Find(new CameraId(id)) is not { } camera)
        {
            return Outcomes.NotFound(Noun, id);
        }

        return await monitor.ReconnectAsync(camera.Id, context.RequestAborted)
            ? TypedResults.Accepted((string?)null)
            : new ProblemResult(ApiProblem.Of(409, $"Camera '{camera.Spec.Name}' is disabled; enable it first."));
    }

    private static async Task<IResult> TestAsync(HttpContext context, IConfigurationDesk desk, ICameraTester tester)
    {
        var spec = await JsonBody.ReadAsync<CameraSpec>(context);
        var replacedId = new QueryReader(context).Id<CameraId>("replaces");
        var replaced = replacedId is { } id ? desk.Cameras.Find(id) : null;
        if (replacedId is not null && replaced is null)
        {
            return Outcomes.NotFound(Noun, replacedId.Value.Value);
        }

        // A camera is tried before it has a name, and when there are enough already.
        var (completed, errors) = CameraSecrets.Complete(spec, replaced?.Spec);
        SpecError[] faults = [.. errors, .. CameraSpecValidator.Validate(completed).Where(error => error.Path != "$.name")];
        return faults.Length > 0
            ? new ProblemResult(ApiProblem.Invalid(faults))
            : TypedResults.Ok(await tester.TestAsync(completed, context.RequestAborted));
    }

    private static async Task<IResult> PictureAsync(string id, HttpContext context, ICameraMonitor monitor)
    {
        var captionId = new QueryReader(context).Id<CaptionId>("caption");
        if (await monitor.FindPictureAsync(new CameraId(id), captionId, context.RequestAborted) is not { } picture)
        {
            return new ProblemResult(ApiProblem.Of(404, "There is no such picture: none was captioned yet, or it is no longer kept."));
        }

        var headers = context.Response.Headers;
        headers["X-Captured-At"] = picture.CapturedAt.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
        headers["X-Caption-Id"] = picture.CaptionId?.Value;
        headers.CacheControl = captionId is null ? CacheHeaders.Never : CacheHeaders.Forever;
        return TypedResults.Bytes(picture.Jpeg, "image/jpeg");
    }

    private static async Task<IResult> LiveAsync(string id, string file, HttpContext context, ILiveVideo video)
    {
        if (await video.ReadAsync(new CameraId(id), file, context.RequestAborted) is not { } found)
        {
            return new ProblemResult(ApiProblem.Of(404, "There is no such live video: the camera or file is unknown."));
        }

        context.Response.Headers.CacheControl = CacheHeaders.Never;
        return TypedResults.Bytes(found.Content, found.ContentType);
    }

    /// <summary>Null where the change was not made.</summary>
    private static async Task<CameraView?> ViewAsync(
        Change<Entry<CameraId, CameraSpec>> change, ICameraMonitor monitor, HttpContext context) =>
        change.Entry is { } camera ? View(camera, await monitor.FindAsync(camera.Id, context.RequestAborted)) : null;

    private static CameraView View(Entry<CameraId, CameraSpec> camera, CameraReport? report) => new()
    {
        Id = camera.Id,
        Name = camera.Spec.Name,
        Spec = camera.Spec,
        Origin = camera.Origin,
        CreatedAt = camera.CreatedAt,
        UpdatedAt = camera.UpdatedAt,
        Report = report,
    };
}

/// <summary>What browsers may keep.</summary>
internal static class CacheHeaders
{
    /// <summary>It changes with every request.</summary>
    public const string Never = "no-store";

    /// <summary>What stands under this address never changes. Only for the browser that asked: pictures show a plant.</summary>
    public const string Forever = "private, max-age=31536000, immutable";
}
