using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Live;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Alerts;

/// <summary>Collects what the dispatcher tells.</summary>
internal sealed class DeliveryCollector : IDeliveryObserver, ILiveFeed
{
    public Collector<(Delivery Delivery, DeliveryAttempt Attempt)> Tries { get; } = new("tries");

    public Collector<IncidentChange> Incidents { get; } = new("endpoint incidents");

    public Delivery Last(string id) => Tries.Items.Last(tried => tried.Delivery.Id.Value == id).Delivery;

    public void OnTry(Delivery delivery, DeliveryAttempt attempt) => Tries.Add((delivery, attempt));

    public void Publish(LiveEvent liveEvent)
    {
        if (liveEvent is IncidentEvent { Change: var kind, Incident: var incident })
        {
            Incidents.Add(new IncidentChange(kind, incident));
        }
    }
}
