using System.Reflection;
using System.Text.Json;
using FastVlm.Grains.Wire;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace FastVlm.Grains.Tests.Wire;

/// <summary>The wire types as versions have written them, in files that are never changed.</summary>
internal static class WireFiles
{
    /// <summary>The first word of the program that writes them: <c>write-wire FOLDER</c>, once for each version.</summary>
    public const string Name = "write-wire";

    private static readonly string Root = Path.Combine(
        typeof(WireFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!,
        "tests", "FastVlm.Grains.Tests", "Wire");

    public static byte[] Read(string version, string file) => File.ReadAllBytes(Path.Combine(Root, version, file));

    /// <summary>The types of this version; the next one's are not loaded where tests are.</summary>
    public static Serializer NewSerializer() =>
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    public static int Write(string folder)
    {
        var serializer = NewSerializer();
        foreach (var (name, value) in WireSamples.Binary)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{name}.bin"), serializer.SerializeToArray<object>(value));
        }

        foreach (var (name, value) in WireSamples.Json)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{name}.json"), JsonWire.Of(value).Utf8);
        }

        return 0;
    }

    /// <summary>Everything in a value, for comparing.</summary>
    public static string Describe(object value) => value is Exception failure
        ? $"{failure.GetType()}: {failure.Message}"
        : $"{value.GetType()}: {JsonSerializer.Serialize(value, value.GetType())}";
}
