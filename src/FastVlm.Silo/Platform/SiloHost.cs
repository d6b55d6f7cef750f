using FastVlm.Grains.Cameras;
using FastVlm.Grains.Fleet;
using FastVlm.Grains.Hosting;
using FastVlm.Grains.Inference;
using FastVlm.Grains.Members;
using FastVlm.Grains.Rules;
using FastVlm.Grains.Silos;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Live;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FastVlm.Silo.Platform;

/// <summary>What a node's grains stand on; a test or a simulation brings its own.</summary>
internal sealed record SiloHostParts
{
    public required ClusterOptions Cluster { get; init; }

    public required IConfigurationDesk Configuration { get; init; }

    public required ICameraFences Fences { get; init; }

    public required IIncidentLog Incidents { get; init; }

    public required IStageJournal Journal { get; init; }

    public required JournalBacklog Backlog { get; init; }

    public required Pipeline.Alerts.IDeliveryPlanner Planner { get; init; }

    public required IReadOnlyList<SiloDevice> Devices { get; init; }

    public required ICameraSources Sources { get; init; }

    public required ILiveVideo LiveVideo { get; init; }

    public required IPictureEncoder Encoder { get; init; }

    public required IPictureDecoder Decoder { get; init; }

    /// <summary>Of cameras, samples, devices and rules. The cluster's own work goes by the machine's clock.</summary>
    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Stands before the cluster's devices: a simulation looks on here.</summary>
    public Func<ICaptioner, ICaptioner> Captioner { get; init; } = devices => devices;
}

/// <summary>Puts the Orleans host of a node together: the grains, and what of the pipeline lives beside them.</summary>
internal static class SiloHost
{
    public static IHost Build(SiloHostParts parts, ILoggerFactory logs, Action<ISiloBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.UseOrleans(silo =>
        {
            silo.UseFastVlmCluster(parts.Cluster);
            configure?.Invoke(silo);
        });
        AddParts(builder.Services, parts);
        builder.Services.AddHostedService(services => services.GetRequiredService<LocalCameras>());
        builder.Services.AddHostedService(services => services.GetRequiredService<LocalStages>());
        builder.Services.AddHostedService<FleetPulse>();
        if (parts.Cluster.Roles.HasFlag(SiloRoles.Web))
        {
            builder.Services.AddSingleton<ClusterBoard>();
            builder.Services.AddHostedService(services => services.GetRequiredService<ClusterBoard>());
        }

        return builder.Build();
    }

    private static void AddParts(IServiceCollection services, SiloHostParts parts)
    {
        services.AddSingleton(parts.Configuration);
        services.AddSingleton(parts.Incidents);
        services.AddSingleton(parts.LiveVideo);
        services.AddSingleton(parts.Encoder);
        services.AddSingleton(provider => SiloModels.ToLocal(
            parts.Devices, new DeviceParts(parts.Decoder, provider.GetRequiredService<ILiveFeed>(), parts.TimeProvider)));
        services.AddSingleton(provider => parts.Captioner(OnCamerasTime<GrainCaptioner>(provider, parts)));
        services.AddSingleton(provider => new LocalCameraParts
        {
            Cameras = new CameraParts
            {
                Captioner = provider.GetRequiredService<ICaptioner>(),
                Sources = parts.Sources,
                Encoder = parts.Encoder,
                Live = provider.GetRequiredService<ILiveFeed>(),
                TimeProvider = parts.TimeProvider,
                Logger = provider.GetRequiredService<ILogger<CameraSlot>>(),
            },
            Configuration = parts.Configuration,
            Fences = parts.Fences,
            Incidents = parts.Incidents,
            Journal = parts.Journal,
            Planner = parts.Planner,
        });
        services.AddSingleton(provider => new StageParts
        {
            Configuration = parts.Configuration,
            Fences = parts.Fences,
            Journal = parts.Backlog,
            Planner = parts.Planner,
            Live = provider.GetRequiredService<ILiveFeed>(),
        });
        services.AddSingleton(provider => OnCamerasTime<LocalCameras>(provider, parts));
        services.AddSingleton(provider => OnCamerasTime<LocalStages>(provider, parts));
        services.AddSingleton<LocalNode>();
        services.AddSingleton<FleetKeeper>();
        services.AddSingleton<ClusterCameraMonitor>();
    }

    private static T OnCamerasTime<T>(IServiceProvider provider, SiloHostParts parts) =>
        ActivatorUtilities.CreateInstance<T>(provider, parts.TimeProvider);

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
