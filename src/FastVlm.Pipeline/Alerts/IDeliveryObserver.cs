namespace FastVlm.Pipeline.Alerts;

/// <summary>Sees what came of deliveries, once it is stored: live view, cooldowns. Be quick and do not throw.</summary>
public interface IDeliveryObserver
{
    /// <summary>A try ended; <paramref name="delivery"/> is what it made of the delivery.</summary>
    void OnTry(Delivery delivery, DeliveryAttempt attempt);
}
