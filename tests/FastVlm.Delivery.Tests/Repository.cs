using System.Reflection;

namespace FastVlm.Delivery.Tests;

internal static class Repository
{
    /// <summary>The folder of the sources.</summary>
    public static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;
}
