using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FastVlm.TestKit.Scenarios;

/// <summary>Speaks the platform's HTTP API as a script of a user would: plain JSON, no type of the platform.</summary>
public sealed class ApiClient(Uri address) : IDisposable
{
    private readonly HttpClient client = new() { BaseAddress = address, Timeout = TestTimeouts.Default };

    public async Task<JsonNode> GetAsync(string path) => await ReadAsync(await client.GetAsync(path), path);

    public Task<JsonNode> PostAsync(string path, JsonNode? body = null) => SendAsync(HttpMethod.Post, path, body);

    public Task<JsonNode> PatchAsync(string path, JsonNode body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<JsonNode> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path, null);

    public async Task<byte[]> GetBytesAsync(string path)
    {
        using var response = await client.GetAsync(path);
        await RequireSuccessAsync(response, path);
        return await response.Content.ReadAsByteArrayAsync();
    }

    public async Task<string> GetTextAsync(string path) => Encoding.UTF8.GetString(await GetBytesAsync(path));

    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var response = await client.SendAsync(Request(method, path, body));
        return response.StatusCode;
    }

    /// <summary>Asks again until the answer is as wanted.</summary>
    public async Task<JsonNode> WaitForAsync(string path, Func<JsonNode, bool> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await GetAsync(path);
            if (condition(seen))
            {
                return seen;
            }

            if (TimeProvider.System.GetElapsedTime(start) > TestTimeouts.Default)
            {
                throw new TimeoutException(
                    $"Waited {TestTimeouts.Default.TotalSeconds} s in vain for: {what}. {path} says: {seen.ToJsonString()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>The first entry of a list that is as wanted, as soon as there is one.</summary>
    public async Task<JsonNode> WaitForOneAsync(string path, Func<JsonNode, bool> condition, string what)
    {
        JsonNode? found = null;
        await WaitForAsync(path, list => (found = list.AsArray().FirstOrDefault(entry => condition(entry!))) is not null, what);
        return found!;
    }

    public void Dispose() => client.Dispose();

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonNode? body) =>
        await ReadAsync(await client.SendAsync(Request(method, path, body)), path);

    private static HttpRequestMessage Request(HttpMethod method, string path, JsonNode? body) => new(method, path)
    {
        Content = body is null
            ? null
            : new StringContent(
                body.ToJsonString(), Encoding.UTF8, method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json"),
    };

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, string path)
    {
        using (response)
        {
            await RequireSuccessAsync(response, path);
            var text = await response.Content.ReadAsStringAsync();
            return (text.Length == 0 ? null : JsonSerializer.Deserialize<JsonNode>(text)) ?? new JsonObject();
        }
    }

    private static async Task RequireSuccessAsync(HttpResponseMessage response, string path)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(
                $"{response.RequestMessage!.Method} {path} answered {(int)response.StatusCode}: "
                + await response.Content.ReadAsStringAsync());
        }
    }
}
