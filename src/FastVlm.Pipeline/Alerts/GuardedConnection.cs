using System.Net;
using System.Net.Sockets;

namespace FastVlm.Pipeline.Alerts;

/// <summary>
/// The connection of one try: resolves the name once, asks the guard about every address, and connects to one of those that
/// were asked about. There is no second look-up that could give another address, and no connection that was made under
/// another endpoint's policy.
/// </summary>
internal sealed class GuardedConnection(
    DestinationPolicy policy, Func<string, CancellationToken, Task<IPAddress[]>> resolve, TimeProvider time)
{
    /// <summary>A dead first address leaves time for the next within <see cref="Limits.WebhookTimeout"/>.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>What was connected to; null before.</summary>
    public IPAddress? Remote { get; private set; }

    /// <summary>Why the guard refused; null where it did not.</summary>
    public string? Objection { get; private set; }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="HttpRequestException">The guard refused; <see cref="Objection"/> says why.</exception>
    /// <exception cref="SocketException">The name cannot be resolved, or no address can be connected to.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host.Trim('[', ']'), context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        foreach (var address in addresses)
        {
            if (DestinationGuard.Objection(address, port, policy) is { } objection)
            {
                Objection = literal is null ? $"'{host}' resolves to what is refused: {objection}" : objection;
                throw new HttpRequestException(Objection);
            }
        }

        return await ConnectAnyAsync(addresses, port, cancellationToken);
    }

    private async Task<NetworkStream> ConnectAnyAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        for (var i = 0; i < addresses.Length; i++)
        {
            try
            {
                return await ConnectAsync(new IPEndPoint(addresses[i], port), isLast: i == addresses.Length - 1, cancellationToken);
            }
            catch (Exception e) when (i < addresses.Length - 1 && !cancellationToken.IsCancellationRequested
                && e is SocketException or OperationCanceledException)
            {
                continue;
            }
        }

        throw new SocketException((int)SocketError.HostNotFound);
    }

    private async Task<NetworkStream> ConnectAsync(IPEndPoint endpoint, bool isLast, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(isLast ? Timeout.InfiniteTimeSpan : ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, either.Token);
            Remote = endpoint.Address;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
