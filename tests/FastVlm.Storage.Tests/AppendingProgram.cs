using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastVlm.Storage.Tests;

/// <summary>
/// Stores entries from several callers at once and prints the number of each that the store has accepted, until it is
/// killed. Everything about an entry follows from its number, so that the test can tell whether all of it is there.
/// </summary>
internal static class AppendingProgram
{
    public const string Name = "append";
    public const int Deliveries = 2;
    private const int Callers = 8;

    public static async Task<int> RunAsync(string folder, string run)
    {
        await using var store = await SqlitePlatformStore.OpenAsync(
            folder, new StorageOptions(), TimeProvider.System, NullLogger.Instance, CancellationToken.None);

        // The end of the test, however it came, ends its program.
        _ = Task.Run(async () =>
        {
            await Console.In.ReadToEndAsync();
            Environment.Exit(0);
        });
        var output = Console.Out;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{run}-{caller}-{i}");
                await store.Journal.AppendAsync(Entry(name), CancellationToken.None);
                lock (output)
                {
                    output.WriteLine(name);
                    output.Flush();
                }
            }
        })));
        return 0;
    }

    public static StageEntry Entry(string name) =>
        Samples.Opened($"inc-{name}", Samples.Caption($"cap-{name}", $"entry {name}"), Picture(name)) with
        {
            Deliveries = [.. Enumerable.Range(0, Deliveries).Select(i => Samples.Delivery($"msg-{name}-{i}", $"inc-{name}"))],
        };

    /// <summary>Longer than a page, so that half a picture would show.</summary>
    public static byte[] Picture(string name) =>
        [.. Enumerable.Repeat(SHA256.HashData(Encoding.UTF8.GetBytes(name)), 300).SelectMany(bytes => bytes)];
}
