using FastVlm.Web.Endpoints;
using FastVlm.Web.Json;
using FastVlm.Web.Live;
using FastVlm.Web.Problems;
using FastVlm.Web.Security;
using Microsoft.AspNetCore.SignalR;

namespace FastVlm.Web;

/// <summary>
/// The HTTP API, the live hub and the dashboard, for a host to put on its server: first <see cref="AddFastVlmWeb"/>, then
/// <see cref="MapFastVlm"/>.
/// </summary>
public static class FastVlmWeb
{
    public static IServiceCollection AddFastVlmWeb(this IServiceCollection services, WebOptions options, PlatformPorts ports)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(ports);
        services.AddSingleton(options).AddSingleton(ports);
        AddPorts(services, ports);
        services.ConfigureHttpJsonOptions(json => WebJson.Apply(json.SerializerOptions));
        services.AddSignalR(ConfigureHub).AddJsonProtocol(json => WebJson.Apply(json.PayloadSerializerOptions));
        return services;
    }

    public static WebApplication MapFastVlm(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<RequestGuard>();
        app.UseRouting();
        var api = app.MapGroup("/api");
        HealthEndpoints.Map(api);
        CameraEndpoints.Map(api);
        CaptionEndpoints.Map(api);
        IncidentEndpoints.Map(api);
        app.MapHub<LiveHub>("/hubs/live");
        return app;
    }

    private static void AddPorts(IServiceCollection services, PlatformPorts ports) => services
        .AddSingleton(ports.Configuration)
        .AddSingleton(ports.Cameras)
        .AddSingleton(ports.CameraTester)
        .AddSingleton(ports.LiveVideo)
        .AddSingleton(ports.Captions)
        .AddSingleton(ports.Incidents)
        .AddSingleton(ports.IncidentDesk)
        .AddSingleton(ports.Outbox)
        .AddSingleton(ports.Models)
        .AddSingleton(ports.Live)
        .AddSingleton(ports.Health)
        .AddSingleton(ports.TimeProvider);

    private static void ConfigureHub(HubOptions hub)
    {
        // A browser's messages are small: which cameras it wants to see.
        hub.MaximumReceiveMessageSize = 64 * 1024;
        hub.MaximumParallelInvocationsPerClient = 1;
    }
}
