using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Praetor.Runtime.Agent.Checks.Dialing;
using Praetor.Runtime.Children;

namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>
/// Runs a command in a container through the Docker Engine API: create the exec, start it and read its output to the end, ask for its
/// exit code. Exit codes mean what they mean for scripts. There is no timeout of its own.
/// </summary>
internal sealed class DockerProbe : ICheckProbe
{
    private const int MaxAnswerBytes = 64 * 1024;
    private const int StreamHeaderBytes = 8;
    private const int ReadBytes = 4096;

    private readonly CheckSpec _spec;
    private readonly int _outputMaxSizeBytes;
    private readonly HttpMessageInvoker _http;
    private readonly Uri _engine = new("http://docker");

    // The handler lets a connection attempt go on when its request is given up; this ends it with the run.
    private CancellationToken _deadline;

    public DockerProbe(CheckSpec spec, string dockerHost, int outputMaxSizeBytes, Dialer dialer)
    {
        _spec = spec;
        _outputMaxSizeBytes = outputMaxSizeBytes;
        var separator = dockerHost.IndexOf("://", StringComparison.Ordinal);
        var isSocket = dockerHost.StartsWith("unix://", StringComparison.Ordinal);
        var address = dockerHost[(separator + 3)..].TrimEnd('/');
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = async (_, _) => new NetworkStream(
                isSocket ? await ConnectSocketAsync(address, _deadline).ConfigureAwait(false) : await dialer.ConnectAsync(address, _deadline).ConfigureAwait(false),
                ownsSocket: true),
        });
    }

    public TimeSpan Timeout => System.Threading.Timeout.InfiniteTimeSpan;

    public async ValueTask<CheckResult> RunAsync(CancellationToken deadline)
    {
        _deadline = deadline;
        try
        {
            var execId = await CreateAsync(deadline).ConfigureAwait(false);
            var output = await StartAsync(execId, deadline).ConfigureAwait(false);
            var exitCode = await InspectAsync(execId, deadline).ConfigureAwait(false);
            return new CheckResult(ScriptProbe.StatusOf(exitCode), output.ToCapturedText());
        }
        catch (ExecRefusedException error)
        {
            return CheckResult.Critical(error.Message);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
        {
            return CheckResult.Critical(error.InnerException is DialException dial ? dial.Message : error.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<Socket> ConnectSocketAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            var reason = error.SocketErrorCode == SocketError.AddressNotAvailable ? "no such file or directory" : SocketErrors.Reason(error);
            throw new DialException($"dial unix {path}: connect: {reason}");
        }
        catch (OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<string> CreateAsync(CancellationToken deadline)
    {
        using var response = await SendAsync(HttpMethod.Post, $"/containers/{Uri.EscapeDataString(_spec.DockerContainerId)}/exec", WriteCreate, deadline).ConfigureAwait(false);
        var answer = await ReadAnswerAsync(response, deadline).ConfigureAwait(false);
        switch (response.StatusCode)
        {
            case HttpStatusCode.Created:
                using (var json = JsonDocument.Parse(answer))
                    return json.RootElement.TryGetProperty("Id", out var id) && id.GetString() is { } text ? text : throw new JsonException("create exec: no Id in the answer");
            case HttpStatusCode.NotFound:
                throw new ExecRefusedException($"create exec failed for unknown container {_spec.DockerContainerId}");
            case HttpStatusCode.Conflict:
                throw new ExecRefusedException($"create exec failed since container {_spec.DockerContainerId} is paused or stopped");
            default:
                throw Unexpected("create", response.StatusCode, answer);
        }
    }

    private async Task<TailBuffer> StartAsync(string execId, CancellationToken deadline)
    {
        using var response = await SendAsync(HttpMethod.Post, $"/exec/{Uri.EscapeDataString(execId)}/start", WriteStart, deadline).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
            throw Unexpected("start", response.StatusCode, await ReadAnswerAsync(response, deadline).ConfigureAwait(false));
        var output = new TailBuffer(_outputMaxSizeBytes);
        var stream = await response.Content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
        await DemultiplexAsync(stream, output, deadline).ConfigureAwait(false);
        return output;
    }

    private async Task<int> InspectAsync(string execId, CancellationToken deadline)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/exec/{Uri.EscapeDataString(execId)}/json", write: null, deadline).ConfigureAwait(false);
        var answer = await ReadAnswerAsync(response, deadline).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
            throw Unexpected("inspect", response.StatusCode, answer);
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.TryGetProperty("ExitCode", out var code) && code.TryGetInt32(out var exitCode)
            ? exitCode
            : throw new JsonException("inspect exec: no ExitCode in the answer");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<Utf8JsonWriter>? write, CancellationToken deadline)
    {
        using var request = new HttpRequestMessage(method, new Uri(_engine, path));
        if (write is not null)
        {
            var body = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(body))
                write(json);
            request.Content = new ReadOnlyMemoryContent(body.WrittenMemory);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return await _http.SendAsync(request, deadline).ConfigureAwait(false);
    }

    private void WriteCreate(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("AttachStdin", false);
        json.WriteBoolean("AttachStdout", true);
        json.WriteBoolean("AttachStderr", true);
        json.WriteBoolean("Tty", false);
        json.WriteStartArray("Cmd");
        foreach (var arg in _spec.Args)
            json.WriteStringValue(arg);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteStart(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("Detach", false);
        json.WriteBoolean("Tty", false);
        json.WriteEndObject();
    }

    /// <summary>Output without a terminal comes in pieces of stdout and stderr: stream (1), zeros (3), length (4, big-endian), bytes.</summary>
    private static async Task DemultiplexAsync(Stream from, TailBuffer into, CancellationToken deadline)
    {
        var buffer = new byte[ReadBytes];
        while (await from.ReadAtLeastAsync(buffer.AsMemory(0, StreamHeaderBytes), StreamHeaderBytes, throwOnEndOfStream: false, deadline).ConfigureAwait(false) == StreamHeaderBytes)
        {
            for (var left = BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(4)); left > 0;)
            {
                var count = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, ReadBytes)), deadline).ConfigureAwait(false);
                if (count == 0)
                    return;
                into.Write(buffer.AsSpan(0, count));
                left -= (uint)count;
            }
        }
    }

    private static async Task<byte[]> ReadAnswerAsync(HttpResponseMessage response, CancellationToken deadline)
    {
        var buffer = new byte[MaxAnswerBytes];
        var stream = await response.Content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, deadline).ConfigureAwait(false);
        return buffer[..length];
    }

    private ExecRefusedException Unexpected(string step, HttpStatusCode status, byte[] answer) => new(string.Create(CultureInfo.InvariantCulture,
        $"{step} exec failed for container {_spec.DockerContainerId} with status {(int)status}: {System.Text.Encoding.UTF8.GetString(answer)}"));

    /// <summary>The engine said no; the message is the check's output.</summary>
    private sealed class ExecRefusedException(string message) : Exception(message);
}
