namespace FastVlm.Pipeline.Configuration;

/// <summary>Who wrote an entry.</summary>
public enum EntryOrigin
{
    /// <summary>The API, and with it the dashboard.</summary>
    Api,

    /// <summary>The configuration file, which alone may change it.</summary>
    File,
}

/// <summary>What was saved under an id.</summary>
public sealed record Entry<TId, TSpec>
{
    public required TId Id { get; init; }

    public required TSpec Spec { get; init; }

    public EntryOrigin Origin { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Everything that is configured, at one moment. Immutable: a change is a new one.</summary>
public sealed record PlatformConfiguration
{
    public static PlatformConfiguration Empty { get; } = new();

    /// <summary>In the order in which they were created.</summary>
    public IReadOnlyList<Entry<CameraId, CameraSpec>> Cameras { get; init; } = [];

    public IReadOnlyList<Entry<RuleId, RuleSpec>> Rules { get; init; } = [];

    public IReadOnlyList<Entry<EndpointId, EndpointSpec>> Endpoints { get; init; } = [];
}

/// <summary>A fault in what a user wrote.</summary>
/// <param name="Path">JSON path within the body, e.g. <c>$.sampling.ratePerSecond</c>.</param>
/// <param name="Message">One sentence: what, the value with its unit, the limit, the remedy.</param>
/// <param name="Position">Where in the text at <paramref name="Path"/>, characters from 0; null for what has no position.</param>
/// <param name="Hint">What to write instead; null where the message says it.</param>
public sealed record SpecError(string Path, string Message, int? Position = null, string? Hint = null);
