using System.Reflection;
using FastVlm.Grains.Wire;
using Orleans.Serialization;

namespace FastVlm.Grains.Tests.Wire;

/// <summary>What every type that travels between nodes keeps to (CONTRIBUTING.md, "Wire types").</summary>
public sealed class WireTypeTests
{
    private static readonly Assembly Grains = typeof(JsonWire).Assembly;
    private static readonly Serializer Serializer = WireFiles.NewSerializer();

    public static TheoryData<string> Names => [.. WireTypes().Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_wire_type_comes_back_as_it_was(string name)
    {
        Assert.True(WireSamples.Binary.TryGetValue(name, out var sample), $"The wire type {name} has no sample in {nameof(WireSamples)}.");

        var back = Serializer.Deserialize<object>(Serializer.SerializeToArray<object>(sample!));

        Assert.NotSame(sample, back);
        Assert.Equal(WireFiles.Describe(sample!), WireFiles.Describe(back!));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_first_version_wrote_is_read(string name) => Assert.Equal(
        WireFiles.Describe(WireSamples.Binary[name]),
        WireFiles.Describe(Serializer.Deserialize<object>(WireFiles.Read("v1", $"{name}.bin"))!));

    [Fact]
    public void A_sample_leaves_no_member_at_its_default() => Assert.Empty(
        from sample in WireSamples.Binary
        from property in sample.Value.GetType().GetProperties().Where(property => property.IsDefined(typeof(IdAttribute)))
        where property.GetValue(sample.Value) is null || property.GetValue(sample.Value)!.Equals(DefaultOf(property.PropertyType))
        select $"{sample.Key}.{property.Name}");

    [Fact]
    public void Every_wire_type_has_a_name_of_its_own_on_the_wire()
    {
        var aliases = WireTypes().Select(AliasOf).ToList();

        Assert.DoesNotContain(null, aliases);
        Assert.Equal(aliases.Count, aliases.Distinct().Count());
    }

    [Fact]
    public void Every_grain_interface_and_its_methods_have_names_on_the_wire()
    {
        var interfaces = Grains.GetTypes().Where(type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type)).ToList();

        Assert.NotEmpty(interfaces);
        Assert.DoesNotContain(interfaces, type => AliasOf(type) is null);
        Assert.Empty(interfaces.SelectMany(type => type.GetMethods()).Where(method => AliasOf(method) is null).Select(Told));
        Assert.All(interfaces, type => Assert.Equal(type.GetMethods().Length, type.GetMethods().Select(AliasOf).Distinct().Count()));
    }

    [Fact]
    public void What_is_not_copied_within_a_node_says_so() => Assert.DoesNotContain(
        WireTypes(), type => !typeof(Exception).IsAssignableFrom(type) && !type.IsDefined(typeof(ImmutableAttribute)));

    /// <summary>Exceptions that cross nodes, too: a caller on another node catches them by type.</summary>
    [Fact]
    public void Every_exception_of_the_grains_travels() => Assert.DoesNotContain(
        Grains.GetTypes(), type => typeof(Exception).IsAssignableFrom(type) && !type.IsDefined(typeof(GenerateSerializerAttribute)));

    internal static IEnumerable<Type> WireTypes() =>
        Grains.GetTypes().Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false)).OrderBy(type => type.Name);

    private static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    private static string Told(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    private static object? DefaultOf(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;
}
