namespace FastVlm.Storage;

/// <summary>How the store keeps things.</summary>
public sealed record StorageOptions
{
    /// <summary>How long what is kept.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>
    /// An accepted entry survives a loss of power: the disk is synced at each commit. False saves the sync, and a loss of
    /// power (not a crash of the program) may take the last seconds.
    /// </summary>
    public bool SurvivesPowerLoss { get; init; } = true;
}
