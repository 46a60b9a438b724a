using Maydon.Kernel.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Maydon.Kernel.Operations;

/// <summary>
/// Sends the meters and traces of the server, of ASP.NET Core and of Npgsql to an OpenTelemetry collector. Registered only when
/// one is set: without a listener they cost nothing.
/// </summary>
internal sealed class TelemetryExport : IHostedService, IDisposable
{
    private const string EndpointName = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private readonly IConfiguration _configuration;
    private MeterProvider? _meters;
    private TracerProvider? _traces;

    public TelemetryExport(MaydonSettings settings)
    {
        // Requests are described in OpenTelemetry's own terms only when asked for, before the first of them.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        // The exporter reads OTEL_ variables by itself; the address may also come from .env.
        _configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection([new(EndpointName, settings.OtlpEndpoint)]).Build();
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meters = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(_configuration))
            .ConfigureResource(Describe)
            .AddMeter("Maydon.*", "Microsoft.AspNetCore.*", "Npgsql", "System.Runtime")
            .AddOtlpExporter()
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(_configuration))
            .ConfigureResource(Describe)
            .AddSource("Maydon.*", "Microsoft.AspNetCore", "Npgsql")
            .AddOtlpExporter()
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Sends what is still held.</summary>
    public void Dispose()
    {
        _meters?.Dispose();
        _traces?.Dispose();
    }

    private static void Describe(ResourceBuilder resource) => resource.AddService("maydon", serviceVersion: Release.Version);
}
