namespace FastVlm.TestKit.Rtsp;

/// <summary>Sends the stream to one client at its own pace, from the beginning, over and over.</summary>
internal sealed class RtspPlayer(RtspTestServer server, Func<byte[], Task> send)
{
    private const int VideoClockHz = 90_000;

    // Fixed seed: which packets are damaged is the same in each run.
    private readonly Random damage = new(20260101);

    public Task PlayAsync(CancellationToken cancellationToken) =>
        server.Video is { } video ? PlayVideoAsync(video, cancellationToken) : PlaySilenceAsync(cancellationToken);

    private async Task PlayVideoAsync(AnnexB video, CancellationToken cancellationToken)
    {
        var packetizer = new RtpPacketizer(video.IsHevc);
        var period = TimeSpan.FromSeconds(1.0 / server.Options.FramesPerSecond);
        using var timer = new PeriodicTimer(period);
        for (uint frame = 0; ; frame++)
        {
            await server.Thawed.WaitAsync(cancellationToken);
            var unit = video.AccessUnits[(int)(frame % video.AccessUnits.Count)];
            var timestamp = (uint)(frame * (long)VideoClockHz / server.Options.FramesPerSecond);
            foreach (var packet in packetizer.Packets(unit, timestamp))
            {
                await send(Damage(packet));
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task PlaySilenceAsync(CancellationToken cancellationToken)
    {
        var packetizer = new RtpPacketizer(isHevc: false);
        var silence = new byte[160];
        Array.Fill(silence, (byte)0xff);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (uint packet = 0; ; packet++)
        {
            await server.Thawed.WaitAsync(cancellationToken);
            await send(packetizer.Packet(silence, payloadType: 0, packet * 160, marker: false));
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Overwrites a few payload bytes; the RTP header stays, as after a bit error that checksums missed.</summary>
    private byte[] Damage(byte[] packet)
    {
        const int HeaderBytes = 14;
        if (packet.Length > HeaderBytes + 8 && damage.NextDouble() < server.DamageShare)
        {
            damage.NextBytes(packet.AsSpan(damage.Next(HeaderBytes, packet.Length - 8), 8));
        }

        return packet;
    }
}
