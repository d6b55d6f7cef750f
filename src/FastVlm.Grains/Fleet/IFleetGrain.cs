namespace FastVlm.Grains.Fleet;

/// <summary>The one that sees to it that every camera runs somewhere; there is one, under <see cref="Key"/>.</summary>
[Alias("fastvlm.IFleetGrain")]
public interface IFleetGrain : IGrainWithStringKey
{
    const string Key = "fleet";

    /// <summary>Keeps it alive, wherever it is: every node calls this once a second.</summary>
    [Alias("Beat")]
    Task Beat();
}
