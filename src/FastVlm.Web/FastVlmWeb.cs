using FastVlm.Web.Documents;
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
        services.AddSingleton(options).AddSingleton(ports).AddSingleton<AccessTokens>();
        services.AddOpenApi(OpenApiDocuments.Configure);
        AddPorts(services, ports);
        services.ConfigureHttpJsonOptions(json => WebJson.Apply(json.SerializerOptions));
        services.AddSignalR(ConfigureHub).AddJsonProtocol(json => WebJson.Apply(json.PayloadSerializerOptions));
        return services;
    }

    public static WebApplication MapFastVlm(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = app.Services.GetRequiredService<WebOptions>();
        app.UseMiddleware<ProblemMiddleware>();
        app.UseMiddleware<RequestGuard>();
        app.UseMiddleware<TokenGate>();
        Dashboard.UseFiles(app, options);
        app.UseRouting();
        Dashboard.UsePage(app, options);
        MapApi(app.MapGroup("/api"));
        app.MapHub<LiveHub>("/hubs/live");
        app.MapOpenApi();
        return app;
    }

    private static void MapApi(RouteGroupBuilder api)
    {
        HealthEndpoints.Map(api);
        CameraEndpoints.Map(api);
        CaptionEndpoints.Map(api);
        IncidentEndpoints.Map(api);
        RuleEndpoints.Map(api);
        RuleTrialEndpoints.Map(api);
        WebhookEndpoints.Map(api);
        DeliveryEndpoints.Map(api);
        ConfigurationEndpoints.Map(api);
        NodeEndpoints.Map(api);
        SessionEndpoints.Map(api);
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
        .AddSingleton(ports.Webhooks)
        .AddSingleton(ports.BackTests)
        .AddSingleton(ports.Models)
        .AddSingleton(ports.Nodes)
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
