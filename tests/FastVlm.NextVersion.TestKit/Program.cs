using System.Text.Json;
using FastVlm.NextVersion.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

// Writes each sample as a line of base64, then answers each such line of the present version with what it reads, as JSON.
var serializer = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();
foreach (var sample in NextSamples.All)
{
    Console.Out.WriteLine(Convert.ToBase64String(serializer.SerializeToArray(sample)));
}

while (Console.In.ReadLine() is { } line)
{
    var value = serializer.Deserialize<object>(Convert.FromBase64String(line))!;
    Console.Out.WriteLine($"{value.GetType().Name} {JsonSerializer.Serialize(value, value.GetType())}");
}
