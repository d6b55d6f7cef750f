using System.Net;
using FastVlm.Grains.Live;
using FastVlm.Grains.Members;
using FastVlm.Grains.Placement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FastVlm.Grains.Hosting;

/// <summary>Makes a host a node of the cluster.</summary>
public static class ClusterHosting
{
    /// <summary>Orleans' name for ADO.NET over Npgsql.</summary>
    private const string Invariant = "Npgsql";

    /// <summary>The store that Orleans' streams look for by this name: who listens to which stream.</summary>
    private const string StreamSubscriptions = "PubSubStore";

    /// <summary>
    /// A call that takes longer has failed. Longer than a slow look of a model on a processor; a caption for an older frame
    /// is of no use.
    /// </summary>
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Six times a frame of 1024 × 576 px as raw RGB, which is the largest thing that travels.</summary>
    private const int MessageBodyBytesMax = 10 * 1024 * 1024;

    /// <summary>Clustering, identity and all that <see cref="AddFastVlmNode"/> brings. Validates the options.</summary>
    public static ISiloBuilder UseFastVlmCluster(this ISiloBuilder silo, ClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(options);
        ClusterOptionsRules.ThrowIfFaulty(options);
        silo.Configure<Orleans.Configuration.ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (options.ClusterId, options.ServiceId));
        silo.Configure<SiloOptions>(o => o.SiloName = options.SiloName);
        silo.Configure<EndpointOptions>(o =>
        {
            o.AdvertisedIPAddress = options.Address;
            o.SiloPort = options.SiloPort;
            o.SiloListeningEndpoint = new IPEndPoint(options.ListenAddress ?? options.Address, options.SiloPort);
            o.GatewayPort = 0;
        });
        if (options.ConnectionString is { } database)
        {
            silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new SchemaAtStart(database));
            silo.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (Invariant, OrleansSchema.ConnectionString(database)));
        }
        else
        {
            silo.UseDevelopmentClustering(options.Primary ?? new IPEndPoint(options.Address, options.SiloPort));
        }

        return silo.AddFastVlmNode(options);
    }

    /// <summary>
    /// Everything but clustering and addresses, which an in-process test cluster brings itself: metadata, placement filters,
    /// streams, failure detection, limits and <see cref="ClusterMembers"/>.
    /// </summary>
    public static ISiloBuilder AddFastVlmNode(this ISiloBuilder silo, ClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(silo);
        ArgumentNullException.ThrowIfNull(options);
        silo.UseSiloMetadata(options.Card.ToMetadata());
        silo.Services.AddPlacementFilter<RoleFilter, RoleFilterDirector>(ServiceLifetime.Transient);
        silo.Services.AddPlacementFilter<NameFilter, NameFilterDirector>(ServiceLifetime.Transient);
        silo.Configure<ClusterMembershipOptions>(FailureDetection.Within(options.DetectFailureWithin).ApplyTo);
        silo.Configure<SiloMessagingOptions>(o =>
        {
            o.ResponseTimeout = ResponseTimeout;

            // A debugger must not change what a node does.
            o.ResponseTimeoutWithDebugger = ResponseTimeout;
            o.MaxMessageBodySize = MessageBodyBytesMax;
        });
        if (options.ConnectionString is { } database)
        {
            silo.AddAdoNetGrainStorage(StreamSubscriptions, o =>
                (o.Invariant, o.ConnectionString, o.DeleteStateOnClear) = (Invariant, OrleansSchema.ConnectionString(database), true));
        }
        else
        {
            silo.AddMemoryGrainStorage(StreamSubscriptions);
        }

        silo.Services.AddLogging(ClusterLogging.Quieten);
        silo.Services.TryAddSingleton(options);
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.TryAddSingleton<ClusterMembers>();
        silo.Services.AddHostedService(services => services.GetRequiredService<ClusterMembers>());
        return silo.AddLiveRelay();
    }

    /// <summary>Before Orleans reads its tables for the first time.</summary>
    private sealed class SchemaAtStart(string connectionString) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
            nameof(SchemaAtStart), ServiceLifecycleStage.First, token => OrleansSchema.EnsureAsync(connectionString, token));
    }
}
