"""Files that a framework or a tool finds by their name or place, without an import."""

# ruff: noqa: E501 - the tables are patterns, which a line break would hide

from __future__ import annotations

import re
from dataclasses import dataclass

X = r"\.(?:[cm]?[jt]sx?|vue|svelte|astro|mdx?)$"

TEST = re.compile(
    r"(?:^|/)(?:tests?|__tests__|__mocks__|spec|specs|e2e|cypress|playwright|__fixtures__|test-utils?|testutils?|integration[-_]tests?|unit[-_]tests?"
    r"|\w+[-_]tests|test[-_]\w+)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|[^/]*_tests|tests?|conftest)\.py$"
    r"|(?:^|[./_-])(?:test|spec|tests|cy|e2e|stories|story|mock|bench|test-d)\.[cm]?[jt]sx?$|\.(?:stories|story|test|spec)\.(?:vue|svelte|mdx)$"
    r"|(?:^|/)(?:\.storybook|stories)/|(?:^|/)[^/]*(?:Test|Spec)\.[jt]sx?$"
)
# Kept for people or served without an import: what these folders hold is never called unreachable.
ASIDE = re.compile(
    r"(?:^|/)(?:public|static|staticfiles|assets?/(?:js|vendor|plugins)|vendor|vendors|vendored|_vendor|third[-_]?party|thirdparty|3rdparty|extern(?:al)?s?|node_modules"
    r"|examples?|extras?|contrib|codemods?|samples?|demos?|tutorials?|playgrounds?|templates?|boilerplates?|skeletons?|scaffolds?|fixtures?|__fixtures__|snippets?|generated|__generated__|gen"
    r"|benchmarks?|bench|profiling|perf|ee|enterprise|wwwroot|dist|build|out|migrations?|seeds?|seeders?|archived?|_archive|legacy|deprecated|old|backups?|\.[\w-]+|registry|stubs|typings"
    r"|exercises?|solutions?|lessons?|challenges?|workshop|notebooks|experiments?|research|docs?)/"
    r"|\.min\.[cm]?js$|[./_-]examples?\.\w+$|(?:^|/)examples?\.\w+$|\.mdx$|\.d\.[cm]?ts$|\.gen\.|\.generated\.|_pb2(?:_grpc)?\.py$|\.pyi$|\.bundle\.js$|-bundle\.js$"
)
SCRIPT_FOLDER = re.compile(
    r"(?:^|/)(?:(?:[\w-]+[_-])?scripts?|bin|tools?|utils/scripts|hack|ci|devtools|maintenance|cron|jobs|lambdas?|functions)/"
)
LOCATED = re.compile(
    r"^/?(?:src/|app/|server/)?(?:api|functions|lambdas?|workers?|edge-functions|serverless|handlers?)/"
)  # may be deployed file by file
# What the shadcn tools copy into `components/ui`: a set that is kept whole, whether or not each part is used today.
PRIMITIVES = frozenset([
    "accordion", "alert", "alert-dialog", "aspect-ratio", "avatar", "badge", "breadcrumb", "button", "button-group",
    "calendar", "card", "carousel", "chart", "checkbox", "collapsible", "combobox", "command", "context-menu",
    "data-table", "date-picker", "dialog", "drawer", "dropdown-menu", "empty", "field", "form", "hover-card",
    "input", "input-group", "input-otp", "item", "kbd", "label", "menubar", "native-select", "navigation-menu",
    "pagination", "popover", "progress", "radio-group", "resizable", "scroll-area", "select", "separator", "sheet",
    "sidebar", "skeleton", "slider", "sonner", "spinner", "switch", "table", "tabs", "textarea", "toast", "toaster",
    "toggle", "toggle-group", "tooltip", "typography", "use-mobile", "use-toast",
])  # fmt: skip
REGISTRY = re.compile(
    r"(?:^|/)(?:components|hooks)/(?:.*/)?(?:ai-elements|elements|shadcn-io|magicui|aceternity|animate-ui|kibo-ui|motion-primitives|prompt-kit|originui)/"
)


@dataclass(frozen=True, slots=True)
class Convention:
    """Files matching `pattern`, relative to the package, are entry points when the package depends on one of `needs` (or always)."""

    reason: str
    needs: tuple[str, ...]
    pattern: re.Pattern[str]


def _rule(reason: str, needs: str, pattern: str) -> Convention:
    return Convention(reason, tuple(needs.split()), re.compile(pattern))


JAVASCRIPT = (
    _rule("a configuration file that a tool loads", "", rf"(?:^|/)(?:[\w.-]+\.(?:config|conf|setup|preset|rc)(?:\.[\w-]+)*|\.[\w-]+rc|\.[\w-]+){X}"),
    _rule("a file that a tool loads by its name", "", rf"(?:^|/)(?:gulpfile|Gruntfile|Jakefile|plopfile|knexfile|setupTests|setupProxy|webpack[\w.-]*|rollup[\w.-]*|esbuild[\w.-]*|vite[\w.-]*"
          rf"|vitest[\w.-]*|jest[\w.-]*|karma[\w.-]*|protractor[\w.-]*|babel[\w.-]*|metro[\w.-]*|ecosystem[\w.-]*|commitlint[\w.-]*|dangerfile|sst[\w.-]*|craco[\w.-]*){X}"),
    _rule("the main file of the package", "", rf"^(?:src/|app/|server/|client/src/|client/|source/|lib/)?(?:index|main|server|app|App|cli|bootstrap|start|mod|background|worker|popup|content|preload|electron|renderer|_worker){X}"),
    _rule("a service worker", "", rf"(?:^|/)(?:service-?worker|sw|firebase-messaging-sw|registerServiceWorker)(?:[.-]\w+)?{X}"),
    _rule("a story or a test of the package", "", rf"(?:^|/)\.(?:storybook|vitepress|vuepress|dumi|husky|github)/.*{X}"),
    _rule("a generator of Turborepo", "", rf"(?:^|/)turbo/generators/.*{X}"),
    _rule("a deployed function", "", rf"(?:^|/)(?:netlify/(?:functions|edge-functions)|supabase/functions/[^/]+|functions/src|amplify|\.netlify/functions)/.*{X}"),
    _rule("a route of Next.js", "next", rf"(?:^|/)app/(?:.*/)?(?:page|layout|route|template|loading|error|not-found|default|global-error|global-not-found|forbidden|unauthorized|sitemap|robots|manifest"
          rf"|(?:icon|apple-icon|opengraph-image|twitter-image)\d*)(?:\.\w+)*{X}"),
    _rule("a page of Next.js", "next", rf"^(?:src/)?pages/.*{X}"),
    _rule("a file that Next.js loads", "next", rf"^(?:src/)?(?:middleware|proxy|instrumentation(?:-client)?|mdx-components|sentry\.\w+\.config|i18n/request|i18n){X}"),
    _rule("a function of Vercel", "vercel @vercel/node vercel.json", rf"^api/.*{X}"),
    _rule("a route of Remix or React Router", "@remix-run/react @remix-run/node @remix-run/dev @react-router/dev", rf"^app/(?:root|entry\.\w+|routes|routes/.*|entry\.\w+/.*){X}"),
    _rule("a route of SvelteKit", "@sveltejs/kit", rf"^src/(?:routes/.*|hooks(?:\.\w+)?|app|params/.*|service-worker(?:/.*)?|instrumentation\.server|hooks/.*){X}"),
    _rule("a file that Nuxt loads", "nuxt nuxt3 nuxt-edge @nuxt/kit", rf"(?:^|/)(?:pages|layouts|middleware|plugins|server|modules|store|stores|composables|components|utils|layers|shared|workers"
          rf"|lang|locales|i18n|serverMiddleware|service-worker|config)/.*{X}|(?:^|/)(?:app|error|app\.config|nuxt\.config|spa-loading-template|router\.options){X}"),
    _rule("a page of Astro", "astro", rf"^src/(?:pages|content|actions|layouts/.*\.md)/?.*{X}|^src/(?:middleware|content\.config|live\.config|env)(?:/index)?{X}"),
    _rule("a page of Gatsby", "gatsby", rf"(?:^|/)gatsby-[\w-]+{X}|^src/(?:pages|templates|api|@[\w-]+/gatsby|gatsby-)[\w/-]*.*{X}"),
    _rule("a route of Expo", "expo-router expo", rf"^(?:src/)?app/.*{X}"),
    _rule("a route that a router plug-in finds", "@tanstack/react-router @tanstack/react-start @tanstack/router-plugin @tanstack/solid-router @tanstack/router-vite-plugin @solidjs/start solid-start"
          " @builder.io/qwik-city vite-plugin-pages unplugin-vue-router umi @umijs/max vike vite-plugin-ssr waku vike-react @generouted/react-router hono honox rakkasjs ice @ice/app"
          " vite-plugin-vue-layouts vite-plugin-vue-layouts-next", rf"^(?:src/|app/)?(?:routes|pages|renderer|layouts|islands)/.*{X}|^(?:src|app)/(?:entry[\w.-]*|root|router|client|ssr|global|layouts?/.*|app|access|models/.*){X}"),
    _rule("a page or a theme file of Docusaurus", "@docusaurus/core", rf"^(?:src/(?:pages|theme|plugins)/.*|sidebars\w*|docusaurus[\w.]*|plugins/.*){X}"),
    _rule("a file that a bundler plug-in imports by name", "unplugin-vue-components unplugin-auto-import vite-plugin-components", rf"^src/(?:components|composables|hooks|utils|stores?|layouts|directives|api)/.*{X}"),
    _rule("a file that the framework loads by its place", "@redwoodjs/core @redwoodjs/api @redwoodjs/web", rf".*{X}"),
    _rule("a file that the framework loads by its place", "@strapi/strapi strapi ember-source ember-cli meteor-node-stubs sails @adonisjs/core @medusajs/medusa @keystone-6/core blitz @foal/core @feathersjs/feathers"
          " egg midway @midwayjs/core hexo @11ty/eleventy directus @directus/extensions-sdk thinkjs moleculer rwsdk n8n-workflow @raycast/api @frontity/core ghost nitropack nitro @scullyio/scully"
          " @oclif/core wxt plasmo @shopify/hydrogen h3 sapper @salesforce/sfdx-lwc-jest @lwc/engine-dom @docusaurus/types", rf".*{X}"),
    _rule("a file that is loaded with its folder", "@fastify/autoload fastify-autoload require-all require-dir require-directory express-file-routing express-openapi typeorm sequelize sequelize-typescript"
          " mikro-orm @mikro-orm/core knex umzug node-pg-migrate", rf"(?:^|/)(?:routes|plugins|models?|entit(?:y|ies)|migrations?|seeds?|seeders?|subscribers|controllers|schemas?)/.*{X}|\.(?:entity|model|migration|subscriber|seed){X}"),
    _rule("a part of a Nuxt module", "@nuxt/kit @nuxt/module-builder", rf"^src/runtime/.*{X}"),
    _rule("a module of Angular's build", "@angular/core", rf"^(?:projects/[^/]+/)?src/(?:main|polyfills|test|environments/.*|[\w.]+)(?:\.\w+)*{X}|(?:^|/)public[-_]api{X}"),
    _rule("an entry of React Native", "react-native", rf"^(?:index|App|app)(?:\.\w+)?{X}"),
    _rule("a file of Electron", "electron", rf"(?:^|/)(?:main|preload|renderer|electron|background)(?:/index)?(?:\.\w+)?{X}"),
    _rule("a command of Discord or a module that is loaded by its folder", "discord.js eris @sapphire/framework whatsapp-web.js telegraf", rf"(?:^|/)(?:commands?|events?|handlers?|listeners|interactions|plugins|cogs|jobs|slash\w*)/.*{X}"),
    _rule("a migration or seed", "", rf"(?:^|/)(?:migrations?|seeds?|seeders?|prisma)/.*{X}"),
)  # fmt: skip

PYTHON = (
    _rule("a file that a tool runs by its name", "", r"(?:^|/)(?:setup|conftest|noxfile|tasks|fabfile|dodo|manage|wsgi|asgi|celeryconfig|gunicorn\w*|hubconf|__main__|conf|settings\w*|config|locustfile|hatch_build"
          r"|build|versioneer|sitecustomize|usercustomize|lambda_function|lambda_handler|handler|function_app|cookiecutter_hooks|SConstruct|wscript|waf|conandata|conanfile|toxfile|passenger_wsgi"
          r"|streamlit_app|pre_gen_project|post_gen_project|_version|__version__|__about__|version|predict|serve|inference|app|main|cli|server|run|celery|cog)\.py$"),
    _rule("the main file of the package", "", r"^(?:src/|backend/|server/)?\w+/(?:main|app|cli|server|__main__)\.py$"),
    _rule("a migration", "", r"(?:^|/)(?:migrations?|versions|alembic)/(?:.*/)?[\w-]+\.py$"),
    _rule("a file that Django finds by its name", "django", r"(?:^|/)(?:admin|apps|models|tasks|signals|wagtail_hooks|search_indexes|cms_plugins|cms_apps|cms_menus|cms_toolbars|translation|checks|receivers|documents"
          r"|panels|urls|routing|formats|context_processors|middleware|sitemaps|feeds|serializers|schema|jobs|crons?|handlers|dashboard|permissions|forms|views|backends|jinja2|api)\.py$"
          r"|(?:^|/)(?:management/commands|templatetags|settings|locale|models|admin|jobs|cron)/(?:.*/)?\w+\.py$|(?:^|/)django_\w+/.*\.py$"),
    _rule("a file that a scheduler loads with its folder", "", r"(?:^|/)(?:dags?|airflow|flows|plugins?|spiders|cogs|extensions?|addons?|hooks|_ext|custom_components|integrations|filter_plugins|lookup_plugins"
          r"|module_utils|library|action_plugins|callback_plugins|strategies|commands?|handlers|blueprints|recipes|pipelines?|playbooks|checks|cli)/(?:.*/)?\w+\.py$"),
    _rule("a plug-in that is found by the name of its package", "", r"(?:^|/)(?:mkdocstrings_handlers|sphinxcontrib|airflow/providers)/(?:.*/)?\w+\.py$"),
    _rule("a page of Streamlit", "streamlit", r"(?:^|/)pages/[^/]+\.py$"),
    _rule("a module of Odoo", "odoo", r".*\.py$"),
)  # fmt: skip


def javascript_entry(path: str, dependencies: frozenset[str]) -> str:
    """Return why the framework loads the path (relative to its package) without an import, or ""."""
    for rule in JAVASCRIPT:
        if (not rule.needs or not dependencies.isdisjoint(rule.needs)) and rule.pattern.search(path):
            return rule.reason
    return ""


def python_entry(path: str, used: frozenset[str]) -> str:
    """Return why a tool loads the path without an import, or "". `used` are the top-level names that the tree imports."""
    for rule in PYTHON:
        if (not rule.needs or not used.isdisjoint(rule.needs)) and rule.pattern.search(path):
            return rule.reason
    return ""


def is_test(path: str) -> bool:
    """Whether the file is a test, a story, or a helper of tests."""
    return bool(TEST.search(path))


def is_aside(path: str) -> bool:
    """Whether the file lies where files are served, copied, generated or kept rather than imported."""
    return bool(ASIDE.search(path))


def is_copied(path: str) -> bool:
    """Whether the file is a part of a component set that the shadcn tools copy as a whole."""
    return path.rsplit("/", 1)[-1].partition(".")[0] in PRIMITIVES or bool(REGISTRY.search(path))
