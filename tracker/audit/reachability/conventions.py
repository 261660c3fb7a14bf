"""Files that a framework or a tool finds by their name or place, without an import: tables of globs.

In a glob `*` is a part of a name, `**` any folders, `{a,b}` one of several, and `[x]` may be left out.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tracker.audit.reachability.index import expression

# ruff: noqa: E501 - a convention is a line of the table


def _glob(glob: str) -> str:
    """The regular expression of a glob in which `[x]` may be left out.

    >>> re.fullmatch(_glob("[src/]pages/*"), "pages/shop") is not None
    True
    """
    return re.sub(r"\\\[(.*?)\\\]", r"(?:\1)?", expression(glob))


def _paths(globs: str, suffix: str = "") -> re.Pattern[str]:
    """A pattern for whole paths that one of several globs matches."""
    return re.compile(f"(?:{'|'.join(map(_glob, globs.split()))}){suffix}$")


def _folders(globs: str) -> re.Pattern[str]:
    """A pattern for paths below a folder that one of several globs matches."""
    return _paths(" ".join(f"**/{glob}/**" for glob in globs.split()))


SCRIPT = r"\.(?:[cm]?[jt]sx?|vue|svelte|astro|mdx?)"
TESTS = _paths(
    """
    **/{test,tests,__tests__,__mocks__,spec,specs,e2e,cypress,playwright,__fixtures__,.storybook,stories}/**
    **/{test-util,test-utils,testutil,testutils}/** **/{integration,unit}{-,_}{test,tests}/** **/*{-,_}tests/** **/test{-,_}*/**
    **/test_*.py **/*{_test,_tests}.py **/{test,tests,conftest}.py **/*.{stories,story,test,spec}.{vue,svelte,mdx}
    **/*{Test,Spec}.{js,jsx,ts,tsx}
    """
)
TEST_SCRIPT = re.compile(r"(?:^|[./_-])(?:test|spec|tests|cy|e2e|stories|story|mock|bench|test-d)\.[cm]?[jt]sx?$")
ASIDE_FOLDERS = _folders(
    """
    public static staticfiles wwwroot dist build out registry stubs typings .* asset[s]/{js,vendor,plugins}
    vendor vendors vendored _vendor third[-]party third_party 3rdparty extern[al] extern[al]s node_modules
    example[s] extra[s] contrib codemod[s] sample[s] demo[s] tutorial[s] playground[s] template[s] boilerplate[s] skeleton[s]
    scaffold[s] fixture[s] __fixtures__ snippet[s] generated __generated__ gen benchmark[s] bench profiling perf ee enterprise
    migration[s] seed[s] seeder[s] archive[d] _archive legacy deprecated old backup[s]
    exercise[s] solution[s] lesson[s] challenge[s] workshop notebooks experiment[s] research doc[s]
    """
)
"""What these folders hold is kept for people or served without an import, and is never called unreachable."""
ASIDE_FILES = _paths(
    """
    **/*.min.{js,cjs,mjs} **/*{.,/,_,-}example[s].* **/example[s].* **/*.mdx **/*.d.{ts,cts,mts} **/*.{gen,generated}.**
    **/*_pb2[_grpc].py **/*.pyi **/*{.,-}bundle.js
    """
)
SCRIPT_FOLDER = _folders(
    "script[s] *{-,_}script[s] bin tool[s] utils/scripts hack ci devtools maintenance cron jobs lambda[s] function[s]"
)
LOCATED = re.compile(
    r"^/?(?:src/|app/|server/)?(?:api|functions|lambdas?|workers?|edge-functions|serverless|handlers?)/"
)
"""Folders that may be deployed file by file."""
PRIMITIVES = frozenset([
    "accordion", "alert", "alert-dialog", "aspect-ratio", "avatar", "badge", "breadcrumb", "button", "button-group",
    "calendar", "card", "carousel", "chart", "checkbox", "collapsible", "combobox", "command", "context-menu",
    "data-table", "date-picker", "dialog", "drawer", "dropdown-menu", "empty", "field", "form", "hover-card",
    "input", "input-group", "input-otp", "item", "kbd", "label", "menubar", "native-select", "navigation-menu",
    "pagination", "popover", "progress", "radio-group", "resizable", "scroll-area", "select", "separator", "sheet",
    "sidebar", "skeleton", "slider", "sonner", "spinner", "switch", "table", "tabs", "textarea", "toast", "toaster",
    "toggle", "toggle-group", "tooltip", "typography", "use-mobile", "use-toast",
])  # fmt: skip
"""What the shadcn tools copy into `components/ui`: a set that is kept whole, whether or not each part is used today."""
REGISTRY = _folders(
    "{components,hooks}/**/{ai-elements,elements,shadcn-io,magicui,aceternity,animate-ui,kibo-ui,motion-primitives}"
    " {components,hooks}/**/{prompt-kit,originui,tiptap-*}"
)


class Convention(NamedTuple):
    """Files that are entry points of a package that depends on one of `needs`, or of any package where none is named."""

    reason: str
    needs: frozenset[str]
    paths: re.Pattern[str]
    """The paths, seen from the package."""


def _script(reason: str, needs: str, globs: str) -> Convention:
    """A convention for JavaScript, whose globs leave out the suffix of the language."""
    return Convention(reason, frozenset(needs.split()), _paths(globs, SCRIPT))


def _python(reason: str, needs: str, globs: str) -> Convention:
    return Convention(reason, frozenset(needs.split()), _paths(globs, r"\.py"))


JAVASCRIPT = (
    _script("a configuration file that a tool loads", "", "**/*.{config,conf,setup,preset,rc}[.*] **/.*"),
    _script("a file that a tool loads by its name", "", "**/{gulpfile,Gruntfile,Jakefile,plopfile,knexfile,setupTests,setupProxy,dangerfile}"
            " **/{webpack,rollup,esbuild,vite,vitest,jest,karma,protractor,babel,metro,ecosystem,commitlint,sst,craco}*"),
    _script("the main file of the package", "", "{,src/,app/,server/,client/src/,client/,source/,lib/}{index,main,server,app,App,cli,bootstrap,start,mod,background,worker}"
            " {,src/,app/,server/,client/src/,client/,source/,lib/}{popup,content,preload,electron,renderer,_worker}"),
    _script("a service worker", "", "**/{service-worker,serviceworker,sw,firebase-messaging-sw,registerServiceWorker}[{.,-}*]"),
    _script("a file of a tool", "", "**/.{storybook,vitepress,vuepress,dumi,husky,github}/**"),
    _script("a generator of Turborepo", "", "**/turbo/generators/**"),
    _script("a deployed function", "", "**/{netlify,.netlify}/{functions,edge-functions}/** **/supabase/functions/*/** **/functions/src/** **/amplify/**"),
    _script("a migration or seed", "", "**/{migration,migrations,seed,seeds,seeder,seeders,prisma}/**"),
    _script("a route of Next.js", "next", "**/app/**/{page,layout,route,template,loading,error,not-found,default,global-error,global-not-found,forbidden,unauthorized}[.*]"
            " **/app/**/{sitemap,robots,manifest}[.*] **/app/**/{icon,apple-icon,opengraph-image,twitter-image}*"),
    _script("a page of Next.js", "next", "[src/]pages/**"),
    _script("a file that Next.js loads", "next", "[src/]{middleware,proxy,instrumentation,instrumentation-client,mdx-components,i18n/request,i18n} [src/]sentry.*.config"),
    _script("a function of Vercel", "vercel @vercel/node vercel.json", "api/**"),
    _script("a route of Remix or React Router", "@remix-run/react @remix-run/node @remix-run/dev @react-router/dev", "app/{root,routes} app/entry.** app/routes/**"),
    _script("a route of SvelteKit", "@sveltejs/kit", "src/{routes,params,service-worker,hooks}/** src/{app,service-worker,instrumentation.server} src/hooks[.*]"),
    _script("a file that Nuxt loads", "nuxt nuxt3 nuxt-edge @nuxt/kit", "**/{pages,layouts,middleware,plugins,server,modules,store,stores,composables,components,utils,layers}/**"
            " **/{shared,workers,lang,locales,i18n,serverMiddleware,service-worker,config}/** **/{app,error,app.config,nuxt.config,spa-loading-template,router.options}"),
    _script("a part of a Nuxt module", "@nuxt/kit @nuxt/module-builder", "src/runtime/**"),
    _script("a page of Astro", "astro", "src/{pages,content,actions}** src/layouts/**.md** src/{middleware,content.config,live.config,env}[/index]"),
    _script("a page of Gatsby", "gatsby", "**/gatsby-* src/{pages,templates,api}** src/@*/gatsby** src/gatsby-**"),
    _script("a route of Expo", "expo-router expo", "[src/]app/**"),
    _script("an entry of React Native", "react-native", "{index,App,app}[.*]"),
    _script("a route that a router plug-in finds", "@tanstack/react-router @tanstack/react-start @tanstack/router-plugin @tanstack/solid-router @tanstack/router-vite-plugin"
            " @solidjs/start solid-start @builder.io/qwik-city vite-plugin-pages unplugin-vue-router umi @umijs/max vike vite-plugin-ssr waku vike-react @generouted/react-router"
            " hono honox rakkasjs ice @ice/app vite-plugin-vue-layouts vite-plugin-vue-layouts-next", "{,src/,app/}{routes,pages,renderer,layouts,islands}/**"
            " {src,app}/{root,router,client,ssr,global,app,access} {src,app}/entry* {src,app}/{layout,layouts,models}/**"),
    _script("a page or a theme file of Docusaurus", "@docusaurus/core", "src/{pages,theme,plugins}/** sidebars* docusaurus* plugins/**"),
    _script("a file that a bundler plug-in imports by name", "unplugin-vue-components unplugin-auto-import vite-plugin-components",
            "src/{components,composables,hooks,utils,store,stores,layouts,directives,api}/**"),
    _script("a file that the framework loads by its place", "@redwoodjs/core @redwoodjs/api @redwoodjs/web @strapi/strapi strapi ember-source ember-cli meteor-node-stubs sails @adonisjs/core"
            " @medusajs/medusa @keystone-6/core blitz @foal/core @feathersjs/feathers egg midway @midwayjs/core hexo @11ty/eleventy directus @directus/extensions-sdk thinkjs moleculer rwsdk"
            " n8n-workflow @raycast/api @frontity/core ghost nitropack nitro @scullyio/scully @oclif/core wxt plasmo @shopify/hydrogen h3 sapper @salesforce/sfdx-lwc-jest @lwc/engine-dom"
            " @docusaurus/types", "**"),
    _script("a file that is loaded with its folder", "@fastify/autoload fastify-autoload require-all require-dir require-directory express-file-routing express-openapi typeorm sequelize"
            " sequelize-typescript mikro-orm @mikro-orm/core knex umzug node-pg-migrate", "**/{routes,plugins,model,models,entity,entities,subscribers,controllers,schema,schemas}/**"
            " **/*.{entity,model,migration,subscriber,seed}"),
    _script("a module of Angular's build", "@angular/core", "[projects/*/]src/{main,polyfills,test}[.*] [projects/*/]src/environments/** [projects/*/]src/* **/public{-,_}api"),
    _script("a file of Electron", "electron", "**/{main,preload,renderer,electron,background}[/index] **/{main,preload,renderer,electron,background}.*"),
    _script("a command that a bot loads with its folder", "discord.js eris @sapphire/framework whatsapp-web.js telegraf",
            "**/{command,commands,event,events,handler,handlers,listeners,interactions,plugins,cogs,jobs}/** **/slash*/**"),
)  # fmt: skip

PYTHON = (
    _python("a file that a tool runs by its name", "", "**/{setup,conftest,noxfile,tasks,fabfile,dodo,manage,wsgi,asgi,celeryconfig,hubconf,__main__,conf,config,locustfile,hatch_build}"
            " **/{build,versioneer,sitecustomize,usercustomize,lambda_function,lambda_handler,handler,function_app,cookiecutter_hooks,SConstruct,wscript,waf,conandata,conanfile,toxfile}"
            " **/{passenger_wsgi,streamlit_app,pre_gen_project,post_gen_project,_version,__version__,__about__,version,predict,serve,inference,app,main,cli,server,run,celery,cog}"
            " **/{gunicorn,settings}*"),
    _python("the main file of the package", "", "{,src/,backend/,server/}*/{main,app,cli,server,__main__}"),
    _python("a migration", "", "**/{migration,migrations,versions,alembic}/**"),
    _python("a file that Django finds by its name", "django", "**/{admin,apps,models,tasks,signals,wagtail_hooks,search_indexes,cms_plugins,cms_apps,cms_menus,cms_toolbars,translation,checks}"
            " **/{receivers,documents,panels,urls,routing,formats,context_processors,middleware,sitemaps,feeds,serializers,schema,job,jobs,cron,crons,handlers,dashboard,permissions,forms,views}"
            " **/{backends,jinja2,api} **/*backend/base **/{management/commands,templatetags,settings,locale,models,admin,jobs,cron}/** **/django_*/**"),
    _python("a file that a scheduler or a plug-in system loads with its folder", "", "**/{dag,dags,airflow,flows,plugin,plugins,spiders,cogs,extension,extensions,addon,addons,hooks,_ext}/**"
            " **/{custom_components,integrations,filter_plugins,lookup_plugins,module_utils,library,action_plugins,callback_plugins,strategies,command,commands,handler,handlers}/**"
            " **/{blueprints,recipes,pipeline,pipelines,playbooks,checks,cli}/**"),
    _python("a plug-in that is found by the name of its package", "", "**/{mkdocstrings_handlers,sphinxcontrib,airflow/providers}/**"),
    _python("a page of Streamlit", "streamlit", "**/pages/*"),
    _python("a module of Odoo", "odoo", "**"),
)  # fmt: skip


def _entry(path: str, conventions: tuple[Convention, ...], used: frozenset[str]) -> str:
    found = (one for one in conventions if not one.needs or not one.needs.isdisjoint(used))
    return next((one.reason for one in found if one.paths.match(path)), "")


def javascript_entry(path: str, dependencies: frozenset[str]) -> str:
    """Return why the framework loads the path (relative to its package) without an import, or ""."""
    return _entry(path, JAVASCRIPT, dependencies)


def python_entry(path: str, used: frozenset[str]) -> str:
    """Return why a tool loads the path without an import, or "". `used` are the top-level names that the tree imports."""
    return _entry(path, PYTHON, used)


def is_test(path: str) -> bool:
    """Whether the file is a test, a story, or a helper of tests."""
    return bool(TESTS.match(path) or TEST_SCRIPT.search(path))


def is_aside(path: str) -> bool:
    """Whether the file lies where files are served, copied, generated or kept rather than imported."""
    return bool(ASIDE_FOLDERS.match(path) or ASIDE_FILES.match(path))


def is_copied(path: str) -> bool:
    """Whether the file is a part of a component set that the shadcn tools copy as a whole."""
    return path.rsplit("/", 1)[-1].partition(".")[0] in PRIMITIVES or bool(REGISTRY.match(path))
