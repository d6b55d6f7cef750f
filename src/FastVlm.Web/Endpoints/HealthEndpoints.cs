using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Web.Endpoints;

/// <summary>How the platform is doing, which models it has, which prompts it suggests.</summary>
internal static class HealthEndpoints
{
    private const int Unknown = -1;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/health", HealthAsync).WithTags("Platform")
            .Does("getHealth", "How the platform is doing; answers also while the store does not").Answers<HealthView>();
        api.MapGet("/models", (IModelCatalogue models) => models.List()).WithTags("Platform")
            .Does("listModels", "Models that are there, with licence and figures").Answers<ModelCard[]>();
        api.MapGet("/prompt-presets", () => PromptPresets.All).WithTags("Platform")
            .Does("listPromptPresets", "Prompts that people need often").Answers<PromptPreset[]>();
    }

    private static async Task<HealthView> HealthAsync(HttpContext context, PlatformPorts ports, WebOptions options)
    {
        var problems = ports.Health.Problems.ToList();
        var (open, pending) = (Unknown, Unknown);
        try
        {
            open = (await ports.Incidents.ListOpenAsync(context.RequestAborted)).Count;
            var query = new DeliveryQuery { State = DeliveryState.Pending, Limit = Limits.PageLengthMax };
            pending = (await ports.Outbox.FindAsync(query, context.RequestAborted)).Count;
        }
        catch (StorageException e)
        {
            problems.Add(e.Message);
        }

        return new HealthView
        {
            Status = problems.Count == 0 ? "ok" : "degraded",
            Version = options.Version,
            Problems = problems,
            Cameras = Count(ports.Configuration.Cameras.List(), await ports.Cameras.ListAsync(context.RequestAborted)),
            IncidentsOpen = open,
            DeliveriesPending = pending,
            Model = ports.Models.List().FirstOrDefault(model => model.IsActive)?.Name,
        };
    }

    private static CameraCounts Count(
        IReadOnlyList<Entry<CameraId, CameraSpec>> cameras, IReadOnlyDictionary<CameraId, CameraReport> reports)
    {
        var states = cameras.Where(camera => camera.Spec.Enabled)
            .Select(camera => reports.GetValueOrDefault(camera.Id)?.Status.State).ToArray();
        return new CameraCounts(
            Total: cameras.Count,
            Live: states.Count(state => state == CameraState.Live),
            Down: states.Count(state => state is CameraState.Stalled or CameraState.Offline),
            Disabled: cameras.Count - states.Length);
    }
}
