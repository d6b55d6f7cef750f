using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace FastVlm.TestKit.Rtsp;

/// <summary>One client of the test server: answers its requests and, after PLAY, sends it the stream.</summary>
internal sealed partial class RtspConnection(RtspTestServer server, TcpClient client) : IDisposable
{
    private const string Session = "12345678";

    private readonly SemaphoreSlim writing = new(1);
    private readonly CancellationTokenSource closed = new();
    private readonly RtspCredentials credentials = new(server.Options);
    private Stream stream = Stream.Null;
    private Func<byte[], Task>? send;
    private UdpClient? udp;
    private Task playing = Task.CompletedTask;

    public async Task ServeAsync()
    {
        try
        {
            stream = await OpenAsync();
            while (await ReadRequestAsync() is { } request)
            {
                await server.Thawed.WaitAsync(closed.Token);
                await AnswerAsync(request);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException
            or System.Security.Authentication.AuthenticationException)
        {
            // The client went away, or the server cut the connection.
        }
        finally
        {
            Dispose();
            await playing;
            closed.Dispose();
            writing.Dispose();
        }
    }

    public void Dispose()
    {
        try
        {
            closed.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Served to the end already.
        }

        client.Dispose();
        udp?.Dispose();
    }

    private async Task<Stream> OpenAsync()
    {
        if (server.Options.Certificate is not { } certificate)
        {
            return client.GetStream();
        }

        var secure = new SslStream(client.GetStream());
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, closed.Token);
        return secure;
    }

    private async Task<RtspRequest?> ReadRequestAsync()
    {
        var buffer = new byte[1];
        var text = new StringBuilder();
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(buffer, closed.Token) == 0)
            {
                return null;
            }

            // A '$' starts a packet of the client (receiver reports): length in bytes 2 and 3.
            if (text.Length == 0 && buffer[0] == '$')
            {
                var header = new byte[3];
                await stream.ReadExactlyAsync(header, closed.Token);
                await stream.ReadExactlyAsync(new byte[(header[1] << 8) | header[2]], closed.Token);
                continue;
            }

            text.Append((char)buffer[0]);
        }

        return RtspRequest.Parse(text.ToString());
    }

    private async Task AnswerAsync(RtspRequest request)
    {
        var (status, headers, body) = Answer(request);
        if (server.Options.KeepsRequests)
        {
            server.Requests.Add($"{request.Method} {status[..3]}");
        }

        var length = body.Length > 0 ? $"Content-Length: {body.Length}\r\n" : "";
        await WriteAsync(Encoding.ASCII.GetBytes($"RTSP/1.0 {status}\r\nCSeq: {request.Header("cseq")}\r\n{headers}{length}\r\n{body}"));
        if (request.Method == "PLAY" && status.StartsWith('2') && playing.IsCompleted)
        {
            playing = PlayAsync();
        }
    }

    private (string Status, string Headers, string Body) Answer(RtspRequest request)
    {
        if (request.Method == "OPTIONS")
        {
            return ("200 OK", "Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n", "");
        }

        if (!credentials.Accept(request))
        {
            return ("401 Unauthorized", credentials.Challenge, "");
        }

        return request.Method switch
        {
            "DESCRIBE" when !request.Uri.EndsWith("/cam", StringComparison.Ordinal) => ("404 Not Found", "", ""),
            "DESCRIBE" => ("200 OK", $"Content-Base: {request.Uri}/\r\nContent-Type: application/sdp\r\n", SessionDescription.For(server)),
            "SETUP" => SetUp(request.Header("transport")),
            "PLAY" when send is null => ("455 Method Not Valid in This State", "", ""),
            "PLAY" => ("200 OK",
                $"Session: {Session}\r\nRange: npt=0.000-\r\nRTP-Info: url={request.Uri.TrimEnd('/')}/track0;seq=0;rtptime=0\r\n", ""),
            "GET_PARAMETER" or "TEARDOWN" => ("200 OK", $"Session: {Session}\r\n", ""),
            _ => ("501 Not Implemented", "", ""),
        };
    }

    private (string Status, string Headers, string Body) SetUp(string transport)
    {
        if (transport.Contains("TCP", StringComparison.Ordinal))
        {
            var channel = byte.Parse(Interleaved().Match(transport).Groups[1].Value, CultureInfo.InvariantCulture);
            send = packet => WriteAsync([(byte)'$', channel, (byte)(packet.Length >> 8), (byte)packet.Length, .. packet]);
            return server.Options.OffersTcp
                ? ("200 OK", $"Transport: RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}\r\nSession: {Session};timeout=60\r\n", "")
                : ("461 Unsupported Transport", "", "");
        }

        var port = int.Parse(ClientPort().Match(transport).Groups[1].Value, CultureInfo.InvariantCulture);
        udp = new UdpClient(new IPEndPoint(((IPEndPoint)client.Client.LocalEndPoint!).Address, 0));
        var serverPort = ((IPEndPoint)udp.Client.LocalEndPoint!).Port;
        var receiver = new IPEndPoint(((IPEndPoint)client.Client.RemoteEndPoint!).Address, port);
        send = async packet => await udp.SendAsync(packet, receiver, closed.Token);
        var ports = $"client_port={port}-{port + 1};server_port={serverPort}-{serverPort + 1}";
        return ("200 OK", $"Transport: RTP/AVP;unicast;{ports}\r\nSession: {Session};timeout=60\r\n", "");
    }

    private async Task PlayAsync()
    {
        try
        {
            var player = new RtspPlayer(server, packet => send!(packet));
            await player.PlayAsync(closed.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection ended.
        }
    }

    private async Task WriteAsync(byte[] bytes)
    {
        await writing.WaitAsync(closed.Token);
        try
        {
            await stream.WriteAsync(bytes, closed.Token);
        }
        finally
        {
            writing.Release();
        }
    }

    [GeneratedRegex(@"interleaved=(\d+)")]
    private static partial Regex Interleaved();

    [GeneratedRegex(@"client_port=(\d+)")]
    private static partial Regex ClientPort();
}
