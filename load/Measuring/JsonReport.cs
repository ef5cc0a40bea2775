using System.Text.Json;

namespace Praetor.Load.Measuring;

/// <summary>Writes results for programs: the numbers of the tables, unrounded, times in milliseconds.</summary>
public static class JsonReport
{
    /// <summary>Writes one object with the arrays "scenarios", "fanOuts" and "findings".</summary>
    public static void Write(Stream output, IReadOnlyList<ScenarioResult> results, IReadOnlyList<FanOutResult> fanOuts, IReadOnlyList<Finding> findings)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(fanOuts);
        ArgumentNullException.ThrowIfNull(findings);
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteStartArray("scenarios");
        foreach (var result in results)
            WriteScenario(json, result);
        json.WriteEndArray();
        json.WriteStartArray("fanOuts");
        foreach (var fanOut in fanOuts)
            WriteFanOut(json, fanOut);
        json.WriteEndArray();
        json.WriteStartArray("findings");
        foreach (var finding in findings)
            WriteFinding(json, finding);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteScenario(Utf8JsonWriter json, ScenarioResult result)
    {
        json.WriteStartObject();
        json.WriteString("scenario", result.Scenario);
        json.WriteNumber("connections", result.Connections);
        json.WriteNumber("seconds", result.Measured.TotalSeconds);
        json.WriteStartArray("steps");
        foreach (var step in result.Steps)
        {
            json.WriteStartObject();
            json.WriteString("step", step.Name);
            json.WriteNumber("ok", step.Ok);
            json.WriteNumber("fail", step.Fail);
            json.WriteNumber("lost", step.Lost);
            json.WriteNumber("rps", result.PerSecond(step.Ok));
            foreach (var (name, percent) in Report.Percentiles)
                json.WriteNumber($"{name}Ms", step.Latency.PercentileNanoseconds(percent) / 1e6);
            json.WriteNumber("maxMs", step.Latency.MaxRecordedNanoseconds / 1e6);
            if (step.Worst is { } worst)
            {
                json.WriteNumber("worstSecondRps", worst.Ok);
                json.WriteNumber("worstSecondP99Ms", worst.P99Nanoseconds / 1e6);
            }

            json.WriteNumber("bytesPerSecond", result.PerSecond(step.ReceivedBytes));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFanOut(Utf8JsonWriter json, FanOutResult fanOut)
    {
        json.WriteStartObject();
        json.WriteString("scenario", fanOut.Scenario);
        json.WriteNumber("watchers", fanOut.Watchers);
        json.WriteStartArray("lastAnswerMs");
        foreach (var last in fanOut.LastAnswers)
            json.WriteNumberValue(last / 1e6);
        json.WriteEndArray();
        json.WriteNumber("p50Ms", fanOut.Each.PercentileNanoseconds(50) / 1e6);
        json.WriteNumber("p99Ms", fanOut.Each.PercentileNanoseconds(99) / 1e6);
        json.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter json, Finding finding)
    {
        json.WriteStartObject();
        json.WriteString("scenario", finding.Scenario);
        json.WriteString("counted", finding.Counted);
        json.WriteString("value", finding.Value);
        json.WriteBoolean("ok", finding.IsOk);
        json.WriteEndObject();
    }
}
