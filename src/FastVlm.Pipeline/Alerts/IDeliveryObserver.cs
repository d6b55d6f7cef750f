using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Alerts;

/// <summary>Sees what came of deliveries, once it is stored: live view, cooldowns. Be quick and do not throw.</summary>
public interface IDeliveryObserver
{
    /// <summary>A try ended; <paramref name="delivery"/> is what it made of the delivery.</summary>
    void OnTry(Delivery delivery, DeliveryAttempt attempt);

    /// <summary>An endpoint went down, is still down, or is up again.</summary>
    void OnIncident(IncidentChange change);
}
