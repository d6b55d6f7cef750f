using FastVlm.Pipeline.Live;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Runtime.Providers;
using Orleans.Streams;

namespace FastVlm.Grains.Live;

/// <summary>
/// The streams, the relay and its keeper. On a node, <see cref="ILiveFeed"/> is the relay (to all web nodes) and
/// <see cref="LiveFeed"/> is what this node's own lookers-on read.
/// </summary>
internal static class LiveHosting
{
    public static ISiloBuilder AddLiveRelay(this ISiloBuilder silo)
    {
        silo.AddMemoryStreams(LiveStreams.Provider, streams =>
        {
            streams.ConfigurePartitioning(ClusterLimits.LivePartitions);
            streams.ConfigureStreamPubSub(StreamPubSubType.ExplicitGrainBasedOnly);

            // Follows the membership at once, without leases or waits.
            streams.UseConsistentRingQueueBalancer();
            streams.ConfigurePullingAgent(agent => agent.Configure(o =>
            {
                o.GetQueueMsgsTimerPeriod = ClusterLimits.LivePollPeriod;
                o.MaxEventDeliveryTime = ClusterLimits.LiveDeliveryMax;
            }));
            streams.ConfigureBackoffProvider(
                IMessageDeliveryBackoffProvider (_, _) => new FixedBackoff(ClusterLimits.LiveDeliveryRetryWait));
            streams.ConfigureBackoffProvider(IQueueReaderBackoffProvider (_, _) => new FixedBackoff(ClusterLimits.LiveReadRetryWait));
            streams.ConfigureCacheEviction(cache => cache.Configure(o =>
            {
                o.DataMinTimeInCache = ClusterLimits.LiveKeptFor;
                o.DataMaxAgeInCache = ClusterLimits.LiveKeptFor * 2;
                o.MetadataMinTimeInCache = ClusterLimits.LiveKeptFor * 4;
            }));
        });
        silo.Services.TryAddSingleton<LiveFeed>();
        silo.Services.TryAddSingleton<RelayWatch>();
        silo.Services.TryAddSingleton<LiveRelay>();
        silo.Services.TryAddSingleton<ILiveFeed>(services => services.GetRequiredService<LiveRelay>());
        silo.Services.AddHostedService(services => services.GetRequiredService<LiveRelay>());
        silo.Services.AddHostedService<LiveRelayKeeper>();
        return silo;
    }

    /// <summary>Orleans' own waits grow to many seconds, in which a stream whose queue moved stays silent.</summary>
    private sealed class FixedBackoff(TimeSpan wait) : IMessageDeliveryBackoffProvider, IQueueReaderBackoffProvider
    {
        public TimeSpan Next(int attempt) => wait;
    }
}
