using Microsoft.Extensions.Logging;

namespace FastVlm.Silo;

/// <summary>All log messages of this project. Ids: 6500 to 6999; never reused.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(6500, LogLevel.Information, "Model '{Model}' is loaded on {Device}; licence: {Licence}.")]
    public static partial void ModelLoaded(this ILogger logger, string model, string device, string licence);

    [LoggerMessage(6501, LogLevel.Information, "Stopping: {Cameras} cameras are handed over.")]
    public static partial void Draining(this ILogger logger, int cameras);

    [LoggerMessage(6502, LogLevel.Information, "Handed over in {DurationMs:0} ms; {Cameras} cameras were left.")]
    public static partial void Drained(this ILogger logger, double durationMs, int cameras);

    [LoggerMessage(6503, LogLevel.Warning, "The changed configuration could not be read; tried again. {Reason}")]
    public static partial void ConfigurationNotRead(this ILogger logger, string reason);

    [LoggerMessage(6504, LogLevel.Warning, "That an alert was accepted could not be told to the rules of incident {IncidentId}. {Reason}")]
    public static partial void TellingNotReached(this ILogger logger, Pipeline.IncidentId incidentId, string reason);

    [LoggerMessage(6505, LogLevel.Warning, "What a person said of incident {IncidentId} is stored, but its node was not reached. {Reason}")]
    public static partial void AnnotationNotReached(this ILogger logger, Pipeline.IncidentId incidentId, string reason);

    [LoggerMessage(6506, LogLevel.Warning, "Webhook '{Name}' was to be disabled ({Reason}), but the configuration answers {Status}.")]
    public static partial void EndpointNotDisabled(
        this ILogger logger, string name, string reason, Pipeline.Configuration.ChangeStatus status);

    [LoggerMessage(6507, LogLevel.Critical, "The node met a defect and stops.")]
    public static partial void NodeFailed(this ILogger logger, Exception exception);
}
