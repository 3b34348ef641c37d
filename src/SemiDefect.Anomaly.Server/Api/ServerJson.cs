using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using SemiDefect.Anomaly.Server.Storage;
using SemiDefect.Anomaly.Server.Watching;

namespace SemiDefect.Anomaly.Server.Api;

/// <summary>
/// All JSON of the server, by generated code: snake_case as in the command line's output, and unknown members are
/// refused. Stateless.
/// </summary>
[JsonSerializable(typeof(ProblemJson))]
[JsonSerializable(typeof(InspectionJson))]
[JsonSerializable(typeof(InspectManyJson))]
[JsonSerializable(typeof(InspectionPageJson))]
[JsonSerializable(typeof(SummaryJson))]
[JsonSerializable(typeof(StatisticsJson))]
[JsonSerializable(typeof(DriftEventJson))]
[JsonSerializable(typeof(VerdictRequest))]
[JsonSerializable(typeof(CompareJson))]
[JsonSerializable(typeof(ModelListJson))]
[JsonSerializable(typeof(ModelJson))]
[JsonSerializable(typeof(ThresholdRequest))]
[JsonSerializable(typeof(ThresholdChangeJson))]
[JsonSerializable(typeof(AdviceJson))]
[JsonSerializable(typeof(TrainingListJson))]
[JsonSerializable(typeof(TrainingCheckJson))]
[JsonSerializable(typeof(EvidenceJson))]
[JsonSerializable(typeof(FitRequest))]
[JsonSerializable(typeof(FitChoicesJson))]
[JsonSerializable(typeof(JobJson))]
[JsonSerializable(typeof(JobListJson))]
[JsonSerializable(typeof(HealthJson))]
[JsonSerializable(typeof(InspectionDetail))]
[JsonSerializable(typeof(WatchReport))]
[JsonSerializable(typeof(UpdateRequest))]
[JsonSerializable(typeof(VersionListJson))]
[JsonSerializable(typeof(VersionDetailJson))]
[JsonSerializable(typeof(ComparisonRequest))]
[JsonSerializable(typeof(CompareRequest))]
[JsonSerializable(typeof(ComparisonJson))]
[JsonSerializable(typeof(ActivateRequest))]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(AuditVersionJson))]
[JsonSerializable(typeof(AuditVerdictJson))]
[JsonSerializable(typeof(AuditImageJson))]
[JsonSerializable(typeof(AuditPageJson))]
[JsonSerializable(typeof(AuditVerificationJson))]
[JsonSerializable(typeof(CallerJson))]
[JsonSerializable(typeof(IReadOnlyList<long>))]

// What only the OpenAPI document describes: errors, and parameters in addresses.
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(long?))]
[JsonSerializable(typeof(double?))]
[JsonSerializable(typeof(DateTimeOffset?))]
internal sealed partial class ServerJson : JsonSerializerContext
{
    /// <summary>The types with the server's options.</summary>
    public static ServerJson Types { get; } = Make();

    /// <summary>Gives ASP.NET the same options and the same generated code, and no reflection.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        Set(options);
        options.TypeInfoResolver = Types;
    }

    private static ServerJson Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Set(options);
        return new ServerJson(options);
    }

    private static void Set(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.PropertyNameCaseInsensitive = false;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    }
}
