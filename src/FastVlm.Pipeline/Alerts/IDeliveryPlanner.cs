using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Alerts;

/// <summary>Decides which endpoints are told of a change, and in which words.</summary>
public interface IDeliveryPlanner
{
    /// <summary>New deliveries, to be stored in the same transaction as the change; none for changes that nobody is told of.</summary>
    IReadOnlyList<Delivery> Plan(IncidentChange change, DateTimeOffset now);
}
