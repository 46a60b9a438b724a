using System.Reflection;
using Maydon.Kernel.Settings;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Maydon.Kernel.Modules;

/// <summary>A module as the host sees it: its name in <c>MODULES</c>, what it adds and what it maps.</summary>
public sealed record ModuleDoor(string Name, Assembly Assembly, bool AlwaysOn, Action<IServiceCollection, MaydonSettings> Add, Action<IEndpointRouteBuilder> Map);
