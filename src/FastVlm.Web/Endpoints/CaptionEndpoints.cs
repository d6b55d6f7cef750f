using FastVlm.Pipeline;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Web.Endpoints;

/// <summary>Reading and searching stored captions.</summary>
internal static class CaptionEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        Describe(api.MapGet("/cameras/{id}/captions", ListOfCameraAsync))
            .Does("listCameraCaptions", "Captions of one camera, newest first").Refuses(404, 503);
        Describe(api.MapGet("/captions", SearchAsync))
            .Does("searchCaptions", "Search the captions of all cameras, newest first")
            .Query("camera", "string", "Only captions of this camera.").Refuses(503);
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route) => route
        .WithTags("Captions")
        .Query("q", "string", "Words that must all occur, \"phrases in quotes\", beginnings*.")
        .Query("from", "date-time", "Captured at or after.")
        .Query("to", "date-time", "Captured before.")
        .Pages()
        .Answers<CaptionRecord[]>();

    private static async Task<IResult> ListOfCameraAsync(
        string id, HttpContext context, IConfigurationDesk desk, ICaptionHistory captions)
    {
        var query = Read(context, new CameraId(id));
        var found = await captions.FindAsync(query, context.RequestAborted);

        // Captions outlive their camera; only an id that never was is an error.
        return found.Count == 0 && desk.Cameras.Find(new CameraId(id)) is null
            ? Outcomes.NotFound("camera", id)
            : TypedResults.Ok(found);
    }

    private static async Task<IReadOnlyList<CaptionRecord>> SearchAsync(HttpContext context, ICaptionHistory captions) =>
        await captions.FindAsync(Read(context, new QueryReader(context).Id<CameraId>("camera")), context.RequestAborted);

    private static CaptionQuery Read(HttpContext context, CameraId? camera)
    {
        var query = new QueryReader(context);
        var read = new CaptionQuery
        {
            CameraId = camera,
            Text = query.Text("q"),
            From = query.Time("from"),
            To = query.Time("to"),
            Before = query.Id<CaptionId>("before"),
            Limit = query.Limit(),
        };
        query.Finish();
        return read;
    }
}
