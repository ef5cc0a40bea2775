using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Praetor.Runtime.Agent.Checks.Dialing;

namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>
/// Calls grpc.health.v1.Health/Check over a connection of its own. The target is "host:port" or "host:port/service"; SERVING is passing.
/// </summary>
internal sealed class GrpcProbe(CheckSpec spec, string userAgent, Dialer dialer, TlsDialer tls) : ICheckProbe
{
    private const int FrameHeaderBytes = 5;
    private const int MaxAnswerBytes = 1024;
    private static readonly string[] Serving = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

    private static readonly string[] Codes =
    [
        "OK", "Canceled", "Unknown", "InvalidArgument", "DeadlineExceeded", "NotFound", "AlreadyExists", "PermissionDenied", "ResourceExhausted",
        "FailedPrecondition", "Aborted", "OutOfRange", "Unimplemented", "Internal", "Unavailable", "DataLoss", "Unauthenticated",
    ];

    private readonly string _target = spec.ProxyGrpc.Length > 0 ? spec.ProxyGrpc : spec.Grpc;

    public TimeSpan Timeout { get; } = ProbeTimeout.Of(spec, ProbeTimeout.Network);

    public async ValueTask<CheckResult> RunAsync(CancellationToken deadline)
    {
        var slash = _target.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? _target : _target[..slash];
        var service = slash < 0 ? "" : _target[(slash + 1)..];
        try
        {
            var target = HostPort.Parse("tcp", address);
            var scheme = spec.GrpcUseTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
            if (!Uri.TryCreate($"{scheme}://{target}/grpc.health.v1.Health/Check", UriKind.Absolute, out var url))
                return Failed("Unavailable", $"name resolver error: invalid target \"{address}\"");
            using var http = new HttpMessageInvoker(new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                ActivityHeadersPropagator = null,
                // Not the handler's own token: it lets a connection attempt go on when its request is given up.
                ConnectCallback = (_, _) => ConnectAsync(target, deadline),
            });
            using var request = Request(url, service);
            using var response = await http.SendAsync(request, deadline).ConfigureAwait(false);
            return await JudgeAsync(response, deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return Failed("DeadlineExceeded", SocketErrors.DeadlineExceeded);
        }
        catch (DialException error)
        {
            return Failed("Unavailable", NotConnected(error.Message));
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return deadline.IsCancellationRequested ? Failed("DeadlineExceeded", SocketErrors.DeadlineExceeded) : Failed("Unavailable", Describe(error));
        }
    }

    public void Dispose()
    {
    }

    private async ValueTask<Stream> ConnectAsync(HostPort target, CancellationToken cancellation)
    {
        var socket = await dialer.ConnectAsync(target, cancellation).ConfigureAwait(false);
        return spec.GrpcUseTls
            ? await tls.HandshakeAsync(socket, target.Host, SslApplicationProtocol.Http2, cancellation).ConfigureAwait(false)
            : new NetworkStream(socket, ownsSocket: true);
    }

    private HttpRequestMessage Request(Uri url, string service)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(EncodeRequest(service)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        return request;
    }

    /// <summary>A frame (flag, length) with HealthCheckRequest { string service = 1; }.</summary>
    private static byte[] EncodeRequest(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var message = new List<byte>(name.Length + 6);
        if (name.Length > 0)
        {
            message.Add(0x0a);
            for (var rest = (uint)name.Length; ; rest >>= 7)
            {
                message.Add((byte)(rest < 0x80 ? rest : rest | 0x80));
                if (rest < 0x80)
                    break;
            }

            message.AddRange(name);
        }

        var frame = new byte[FrameHeaderBytes + message.Count];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Count);
        message.CopyTo(frame, FrameHeaderBytes);
        return frame;
    }

    private async Task<CheckResult> JudgeAsync(HttpResponseMessage response, CancellationToken deadline)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return Failed("Unavailable", string.Create(CultureInfo.InvariantCulture,
                $"unexpected HTTP status code received from server: {(int)response.StatusCode} ({response.ReasonPhrase})"));
        }

        var answer = new byte[MaxAnswerBytes];
        var length = 0;
        var stream = await response.Content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
        for (int count; length < answer.Length && (count = await stream.ReadAsync(answer.AsMemory(length), deadline).ConfigureAwait(false)) > 0;)
            length += count;
        if (length == answer.Length)
            return Failed("ResourceExhausted", "health answer too large");

        // The status follows the body, or stands in the headers when there is none.
        var code = Header(response.TrailingHeaders, "grpc-status") ?? Header(response.Headers, "grpc-status");
        var text = Header(response.TrailingHeaders, "grpc-message") ?? Header(response.Headers, "grpc-message") ?? "";
        if (code is null)
            return Failed("Internal", "server closed the stream without sending trailers");
        if (code != "0")
            return Failed(CodeName(code), Uri.UnescapeDataString(text));
        var status = DecodeStatus(answer.AsSpan(0, length));
        return status switch
        {
            < 0 => Failed("Internal", "malformed health answer"),
            1 => CheckResult.Passing($"gRPC check {_target}: success"),
            _ => CheckResult.Critical($"gRPC {_target} serving status: {(status < Serving.Length ? Serving[status] : status.ToString(CultureInfo.InvariantCulture))}"),
        };
    }

    /// <summary>HealthCheckResponse { ServingStatus status = 1; } in one uncompressed frame; -1 if it is anything else. An absent field is 0.</summary>
    private static int DecodeStatus(ReadOnlySpan<byte> answer)
    {
        if (answer.Length < FrameHeaderBytes || answer[0] != 0 || BinaryPrimitives.ReadUInt32BigEndian(answer[1..]) != answer.Length - FrameHeaderBytes)
            return -1;
        var message = answer[FrameHeaderBytes..];
        if (message.IsEmpty)
            return 0;
        return message.Length == 2 && message[0] == 0x08 && message[1] < 0x80 ? message[1] : -1;
    }

    private static string? Header(HttpResponseHeaders headers, string name) =>
        headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static string CodeName(string code) =>
        int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < Codes.Length ? Codes[number] : $"Code({code})";

    private static string Describe(Exception error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is DialException dial)
                return NotConnected(dial.Message);
        }

        return SocketErrors.Find(error) is { } socketError ? $"error reading from server: {SocketErrors.Reason(socketError)}" : "error reading server preface: EOF";
    }

    private static string NotConnected(string reason)
    {
        var stage = reason.StartsWith("tls:", StringComparison.Ordinal) ? "authentication handshake failed" : "Error while dialing";
        return $"connection error: desc = \"transport: {stage}: {reason}\"";
    }

    private static CheckResult Failed(string code, string description) => CheckResult.Critical($"rpc error: code = {code} desc = {description}");
}
