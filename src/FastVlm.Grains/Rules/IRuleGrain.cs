using FastVlm.Grains.Wire;

namespace FastVlm.Grains.Rules;

/// <summary>The address of a camera's rules and incidents; its key is the camera's id.</summary>
[Alias("fastvlm.IRuleGrain")]
public interface IRuleGrain : IGrainWithStringKey
{
    /// <summary>Judges a caption, stores what comes of it, and shows it.</summary>
    [Alias("Publish")]
    Task<JudgedWire> Publish(LookWire look);

    /// <summary>A person acknowledged or judged one of the camera's incidents; it is stored already.</summary>
    [Alias("Annotate")]
    Task Annotate(JsonWire annotated);

    /// <summary>A receiver accepted the opening alert of a rule: its cooldown begins.</summary>
    [Alias("Told")]
    Task Told(string ruleId, DateTimeOffset at);

    /// <summary>Clears what is open, because the camera is removed or disabled.</summary>
    [Alias("Clear")]
    Task Clear(string reason);

    /// <summary>The camera is not read any more: what is kept in memory is given up. What is open stays open.</summary>
    [Alias("Release")]
    Task Release();
}
